import type { Control } from '../../shared/core/control';
import { AzureError } from '../../shared/core/errors';
import type { Finding } from '../../shared/core/finding';
import type { Message } from '../../shared/core/message';
import { referenceOf } from '../../shared/kubernetes/ids';
import { inClusterControl } from '../../shared/kubernetes/in-cluster-control';
import type { InClusterJudgement } from '../../shared/kubernetes/judgement';
import { readKinds } from '../../shared/kubernetes/kinds';
import { judge } from '../../shared/pipeline/judge';
import { cluster, clusterId, pod } from '../azure/cluster-given';
import { exempting, exemption } from '../exemptions-given';
import { subscriptionId } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const pods = readKinds.filter(({ plural }) => plural === 'pods');
const listed: InClusterJudgement = {
  controlId: 'listed-pods',
  kinds: ['Pod'],
  judge: (objects) =>
    objects.map((object) => ({ object: referenceOf(object), title: 'A pod', severity: 'low', problems: [] })),
};
const about = { title: 'Pods', judges: [], severity: 'low', requirement: '4' } as const;
const control: Control = inClusterControl(about, listed);
const second = `${clusterId}-two`;

function worldWith(ids: readonly string[], one = control): MemoryWorld {
  const world = memoryWorld(
    ids.map((id) => ({ ...cluster(), id, name: id.split('/').at(-1)! })),
    {},
    [one],
  );
  const { object } = pod('shop', 'web');
  world.azure.objects = ids.map((id) => ({ ...pods[0]!, cluster: id, items: [object as never] }));
  return world;
}
const on = (world: MemoryWorld, scope: Message['scope']): Message => ({
  scope,
  cause: 'event',
  receivedAt: world.now(),
});
const stateOf = (world: MemoryWorld, id: string): string | undefined =>
  [...world.stored.values()].find(({ resourceId }) => resourceId === id)?.state;

test('a cluster that does not answer yet comes back, and is judged once it answers', async () => {
  const world = worldWith([clusterId]);
  const away = new AzureError({
    status: 0,
    code: 'ClusterNotReached',
    message: 'the API server aks does not answer the app (ENOTFOUND)',
    retryable: true,
    retryAfter: 60,
  });
  world.azure.refuse = ({ query }) => (query?.kind === 'objects' ? away : undefined);
  await judge(world, on(world, { kind: 'resource', id: clusterId }));
  expect(stateOf(world, clusterId)).toBe('unknown');
  const [again] = world.sent;
  expect(again).toMatchObject({ message: { scope: { id: clusterId }, cause: 'retry', attempt: 1 } });
  expect(again!.delay).toBeGreaterThanOrEqual(60);
  world.azure.refuse = () => undefined;
  world.pass(61_000);
  await judge(world, again!.message);
  expect(stateOf(world, clusterId)).toBe('resolved');
});

test('a sweep reads the clusters one after another, and holds what is in one at a time', async () => {
  const world = worldWith([clusterId, second, `${clusterId}-three`]);
  let inside = 0;
  let most = 0;
  const { read } = world.reader;
  Object.assign(world.reader, {
    read: async (...question: Parameters<typeof read>) => {
      inside += 1;
      most = Math.max(most, inside);
      const answer = await read(...question);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return answer;
    },
  });
  await judge(world, on(world, { kind: 'subscription', subscriptionId }));
  expect([clusterId, second, `${clusterId}-three`].map((id) => stateOf(world, id))).toEqual(
    Array.from({ length: 3 }, () => 'compliant'),
  );
  expect(most).toBe(1);
});

describe('an object that is wrong', () => {
  const objectId = `${clusterId}/kubernetes/core/v1/namespaces/shop/pods/web`;
  const open: InClusterJudgement = {
    ...listed,
    judge: (objects) =>
      objects.map((object) => ({
        object: referenceOf(object),
        title: 'A pod',
        severity: 'low',
        problems: [{ rule: 'is-there', severity: 'low', reason: 'it is there' }],
        propose: () => ({ objects: [{ kind: 'Pod' }], effects: [] }),
      })),
  };
  const found = async (world: MemoryWorld): Promise<Finding> => {
    await judge(world, on(world, { kind: 'resource', id: clusterId }));
    return [...world.stored.values()].find(({ controlId }) => controlId === 'listed-pods')!;
  };

  test('is a finding of its own, that says how its patch is printed', async () => {
    const world = worldWith([clusterId], inClusterControl(about, open));
    const { aspects = [], resourceId, findingId, remedy } = await found(world);
    expect(resourceId).toBe(clusterId);
    expect(remedy).toBe(`what a person can apply, or has to decide: \`npm run propose -- ${findingId}\``);
    expect(aspects).toMatchObject([
      {
        resourceId: objectId,
        resourceType: 'Microsoft.ContainerService/managedClusters/kubernetes/core/pods',
        state: 'open',
        remedy: `what a person can apply, or has to decide: \`npm run propose -- ${aspects[0]!.findingId}\``,
      },
    ]);
    expect(world.rows).toMatchObject([{ ResourceIdText: objectId, ResourceName: 'web' }]);
  });

  test('is unknown under the same id while the cluster does not answer', async () => {
    const world = worldWith([clusterId], inClusterControl(about, open));
    const before = await found(world);
    const away = new AzureError({ status: 403, code: 'Forbidden', message: 'no', retryable: false });
    world.azure.refuse = ({ query }) => (query?.kind === 'objects' ? away : undefined);
    world.pass(61_000);
    const { aspects = [] } = await found(world);
    expect(aspects).toMatchObject([
      { resourceId: objectId, state: 'unknown', findingId: before.aspects![0]!.findingId },
    ]);
  });

  test('may be exempt alone', async () => {
    const world = worldWith([clusterId], inClusterControl(about, open));
    const second = pod('shop', 'pay').object as never;
    world.azure.objects = world.azure.objects.map((one) => ({ ...one, items: [...one.items, second] }));
    world.exempting = exempting(exemption({ scope: objectId, controls: ['listed-pods'] }));
    const { state, reason, aspects = [] } = await found(world);
    expect([state, reason]).toEqual(['open', '1 of 1 not met: pods/pay']);
    expect(aspects.map(({ state: one }) => one)).toEqual(['exempt', 'open']);
  });
});
