import { accountId, group, networkId, scope, startWorld } from './small-subscription';
import type { Reply, World } from './small-subscription';

const states = 'providers/Microsoft.PolicyInsights/policyStates/latest';
const stateOf = (resourceId: string, complianceState: string, policyAssignmentName = 'tags') => ({
  resourceId,
  complianceState,
  policyAssignmentName,
  timestamp: '2026-11-24T06:00:00Z',
});
const subnetId = `${networkId}/subnets/snet-one`;
const other = `${scope}/resourceGroups/rg-app-2/providers/Microsoft.Storage/storageAccounts/stother`;

interface Page {
  readonly '@odata.nextLink': string | null;
  readonly '@odata.count': number;
  readonly value: readonly Readonly<Record<string, unknown>>[];
}

let world: World;
beforeEach(async () => {
  world = await startWorld({ pageSize: 2, latency: { operationMs: 60_000 } });
});
afterEach(() => world.close());

const ask = (at: string, query = ''): Promise<Reply> =>
  world.send('POST', `${at}/${states}/queryResults?api-version=2024-10-01${query}`);
const pageOf = (reply: Reply): Page => reply.body as unknown as Page;
const filtered = (filter: string): string => `&$filter=${encodeURIComponent(filter)}`;

async function idsIn(at: string, query = ''): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  let page = pageOf(await ask(at, query));
  for (;;) {
    found.push(...page.value.map(({ resourceId }) => resourceId));
    if (page['@odata.nextLink'] === null) return found;
    page = pageOf(await world.send('POST', page['@odata.nextLink']));
  }
}

describe('policy states', () => {
  const seed = (): void => {
    world.azure.policyStates.set([
      stateOf(networkId, 'NonCompliant'),
      stateOf(networkId, 'Compliant', 'locations'),
      stateOf(subnetId, 'Compliant'),
      stateOf(accountId, 'NonCompliant'),
      stateOf(other, 'Exempt'),
    ]);
  };

  test('are empty until some are put in', async () => {
    const reply = await ask(scope);
    expect([reply.status, pageOf(reply).value]).toEqual([200, []]);
  });

  test.each([
    ['a subscription', scope, [networkId, networkId, subnetId, accountId, other]],
    ['a resource group', group, [networkId, networkId, subnetId, accountId]],
    ['a resource', networkId, [networkId, networkId]],
    ['a resource in another case', networkId.toUpperCase(), [networkId, networkId]],
    ['a resource without any', `${networkId}-2`, []],
  ])('of %s are all there on its pages', async (_, at, expected) => {
    seed();
    expect(await idsIn(at)).toEqual(expected);
  });

  test('come in the form of Policy Insights', async () => {
    seed();
    const metadata = `${world.azure.url}${accountId}/providers/Microsoft.PolicyInsights/policyStates/$metadata#latest`;
    expect((await ask(accountId)).body).toEqual({
      '@odata.nextLink': null,
      '@odata.context': metadata,
      '@odata.count': 1,
      value: [{ '@odata.id': null, '@odata.context': `${metadata}/$entity`, ...stateOf(accountId, 'NonCompliant') }],
    });
    expect(pageOf(await ask(scope))).toMatchObject({ '@odata.count': 2, '@odata.nextLink': expect.any(String) });
  });

  test.each([
    ["complianceState eq 'NonCompliant'", [networkId, accountId]],
    [`resourceId eq '${networkId.toLowerCase()}'`, [networkId, networkId]],
    [`resourceId eq '${networkId}' and complianceState eq 'Compliant'`, [networkId]],
    [`ComplianceState EQ 'compliant' AND resourceId eq '${subnetId}'`, [subnetId]],
    ["complianceState eq 'Unknown'", []],
  ])('are filtered by %s', async (filter, expected) => {
    seed();
    expect(await idsIn(scope, filtered(filter))).toEqual(expected);
  });

  test('have only the fields that are selected, on the next page too', async () => {
    seed();
    const first = pageOf(await ask(scope, '&$select=ResourceId, complianceState'));
    const second = pageOf(await world.send('POST', first['@odata.nextLink'] ?? ''));
    for (const state of [...first.value, ...second.value]) {
      const names = Object.keys(state).filter((name) => !name.startsWith('@'));
      expect(names).toEqual(['resourceId', 'complianceState']);
    }
  });

  test('are no more than $top', async () => {
    seed();
    expect(await idsIn(scope, '&$top=3')).toEqual([networkId, networkId, subnetId]);
  });

  test.each([
    ['a filter with another operator', filtered("complianceState ne 'Compliant'")],
    ['a filter with or', filtered("complianceState eq 'A' or complianceState eq 'B'")],
    ['a filter on what states do not have', filtered("compliance eq 'Compliant'")],
    ['a field that states do not have', '&$select=resourceId,compliance'],
    ['a $top that is no number', '&$top=many'],
    ['an aggregation', '&$apply=groupby((resourceId))'],
    ['a token of something else', '&$skiptoken=x'],
  ])('are refused rather than answered wrongly: %s', async (_, query) => {
    const reply = await ask(scope, query);
    expect([reply.status, reply.body.error.code]).toEqual([400, 'InvalidQueryParameter']);
  });

  test('are replaced as a whole, and stay what they were when they were put in', async () => {
    seed();
    const state = stateOf(accountId, 'Compliant');
    world.azure.policyStates.set([state]);
    state.resourceId = networkId;
    expect(await idsIn(scope)).toEqual([accountId]);
  });

  test('need a resource', () => {
    expect(() => {
      world.azure.policyStates.set([stateOf(networkId, 'Compliant'), { complianceState: 'Compliant' }]);
    }).toThrow('policyStates.set: state 1 has no resourceId');
  });

  test('of a resource group that is not there are 404', async () => {
    const reply = await ask(`${scope}/resourceGroups/none`);
    expect([reply.status, reply.body.error.code]).toEqual([404, 'ResourceGroupNotFound']);
  });

  test.each([
    ['another action', `${scope}/${states}/summarize`],
    ['an action on a resource', `${accountId}/listKeys`],
    ['the states of all time', `${scope}/${states.replace('latest', 'default')}/queryResults`],
    ['a path that is no scope', `${scope}/nothing/${states}/queryResults`],
    [
      'the scope of an assignment',
      `${scope}/providers/Microsoft.Authorization/policyAssignments/a/${states}/queryResults`,
    ],
  ])('a POST that the sandbox does not know is 405: %s', async (_, path) => {
    const reply = await world.send('POST', path);
    expect([reply.status, reply.body.error.code]).toEqual([405, 'MethodNotAllowed']);
  });
});

describe('an evaluation of policies', () => {
  const trigger = (at: string) => world.send('POST', `${at}/${states}/triggerEvaluation`);

  test('is accepted, and a second one is the first as long as that runs', async () => {
    const first = await trigger(scope);
    const second = await trigger(scope.toUpperCase());
    const ofGroup = await trigger(group);
    expect([first.status, second.status, ofGroup.status]).toEqual([202, 202, 202]);
    expect(first.headers['location']).toContain(`${scope}/providers/Microsoft.PolicyInsights/asyncOperationResults/`);
    expect(lastOf(second)).toBe(lastOf(first));
    expect(lastOf(ofGroup)).not.toBe(lastOf(first));
    expect((await world.send('GET', first.headers['location'] ?? '')).status).toBe(202);
  });

  test('ends', async () => {
    const quick = await startWorld();
    const accepted = await quick.send('POST', `${scope}/${states}/triggerEvaluation`);
    const ended = await quick.send('GET', accepted.headers['location'] ?? '');
    await quick.close();
    expect([accepted.status, ended.status]).toEqual([202, 200]);
  });

  test('is for subscriptions and resource groups', async () => {
    expect((await trigger(networkId)).status).toBe(405);
    expect((await trigger(`${group}-none`)).body.error.code).toBe('ResourceGroupNotFound');
  });
});

const lastOf = ({ headers }: Reply): string | undefined => headers['location']?.split('/').at(-1);
