import { policyInitiatives } from '../../shared/controls/policy-initiatives';
import { sentinelContent } from '../../shared/controls/sentinel-content';
import type { Finding } from '../../shared/core/finding';
import { judge } from '../../shared/pipeline/judge';
import { assigned, labels } from '../controls/assigned-given';
import { idIn, resource, subscription, subscriptionId } from '../given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const itself = resource(subscription, { displayName: 'landing zone' });
const above = '/providers/Microsoft.Management/managementGroups/platform';
const hidden = { parameters: { effect: { value: 'audit' } } };
const resources = [itself, labels, assigned('own', labels.id, hidden), assigned('top', labels.id, hidden, above)];

const worldWith = (some = resources): MemoryWorld => memoryWorld(some, { remediate: [] }, [policyInitiatives]);
const sweep = (world: MemoryWorld): Promise<void> =>
  judge(world, { scope: { kind: 'subscription', subscriptionId }, cause: 'timer', receivedAt: world.now() });
const findings = (world: MemoryWorld): readonly Finding[] => [...world.stored.values()];
const findingOn = (world: MemoryWorld, id: string): Finding | undefined =>
  findings(world).find(({ resourceId }) => resourceId === id);

test('what a subscription has from above is listed with it and is no subject of its own', async () => {
  const world = worldWith();
  await sweep(world);
  expect(
    findings(world)
      .map(({ resourceId }) => resourceId)
      .toSorted(),
  ).toEqual([subscription, `${subscription}/providers/Microsoft.Authorization/policyAssignments/own`].toSorted());
  expect(findingOn(world, subscription)?.aspects?.map(({ title }) => title)).toContain(
    '«Assignment top» of management group platform',
  );
});

test('a subscription that is judged keeps its state from one sweep to the next', async () => {
  const world = worldWith();
  await sweep(world);
  const told = world.rows.length;
  await sweep(world);
  expect(findingOn(world, subscription)).toMatchObject({ state: 'open' });
  expect(world.rows).toHaveLength(told);
});

test('what cannot be listed is said by its judgement, and is over when it can be', async () => {
  const world = worldWith();
  world.azure.refuse = ({ query }) =>
    query?.kind === 'list' && query.type.endsWith('policyAssignments') ? refusal('AuthorizationFailed') : undefined;
  await sweep(world);
  expect(findingOn(world, subscription)).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/^policy assignments: /),
  });
  world.azure.refuse = () => undefined;
  await sweep(world);
  expect(findingOn(world, subscription)).toMatchObject({ state: 'open' });
});

test('a subscription that cannot be read is unknown', async () => {
  const world = worldWith();
  world.azure.refuse = ({ query }) =>
    query?.kind === 'list' && query.type.endsWith('/subscriptions') ? refusal('AuthorizationFailed') : undefined;
  await sweep(world);
  expect(findingOn(world, subscription)).toMatchObject({
    state: 'unknown',
    reason: expect.stringMatching(/subscriptions could not be listed/),
  });
});

test('a sweep sees what was made a moment ago, though no event tells of it', async () => {
  const workspace = resource(idIn('rg', 'Microsoft.OperationalInsights/workspaces/log'), { properties: {} });
  const world = memoryWorld([itself, workspace], {}, [sentinelContent]);
  await sweep(world);
  expect(findingOn(world, workspace.id)).toMatchObject({ state: 'notApplicable' });
  world.pass(1_000);
  const name = 'SecurityInsights(log)';
  const solution = {
    id: idIn('rg', `Microsoft.OperationsManagement/solutions/${name}`),
    name,
    type: 'Microsoft.OperationsManagement/solutions',
    properties: { workspaceResourceId: workspace.id },
  };
  world.azure.resources = [itself, workspace, solution];
  await sweep(world);
  expect(findingOn(world, workspace.id)).toMatchObject({ state: 'open' });
});

test('an assignment that changes has its subscription judged', async () => {
  const world = worldWith();
  const [id, receivedAt] = [`${subscription}/providers/Microsoft.Authorization/policyAssignments/own`, world.now()];
  await judge(world, { scope: { kind: 'resource', id }, cause: 'event', receivedAt, eventAt: receivedAt });
  expect(world.take()).toMatchObject([
    { scope: { kind: 'resource', id: subscription }, cause: 'ripple', controls: ['policy-initiatives'] },
  ]);
});
