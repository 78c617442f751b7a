import type { Control } from '../../shared/core/control';
import { AzureError } from '../../shared/core/errors';
import type { Message } from '../../shared/core/message';
import { referenceOf } from '../../shared/kubernetes/ids';
import { inClusterControl } from '../../shared/kubernetes/in-cluster-control';
import type { InClusterJudgement } from '../../shared/kubernetes/judgement';
import { readKinds } from '../../shared/kubernetes/kinds';
import { judge } from '../../shared/pipeline/judge';
import { cluster, clusterId, pod } from '../azure/cluster-given';
import { subscriptionId } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const pods = readKinds.filter(({ plural }) => plural === 'pods');
const listed: InClusterJudgement = {
  controlId: 'listed-pods',
  judge: (objects) =>
    objects.map((object) => ({ object: referenceOf(object), title: 'A pod', severity: 'low', problems: [] })),
};
const about = { title: 'Pods', judges: [], severity: 'low', requirement: '4' } as const;
const control: Control = inClusterControl(about, listed, pods);
const second = `${clusterId}-two`;

function worldWith(ids: readonly string[]): MemoryWorld {
  const world = memoryWorld(
    ids.map((id) => ({ ...cluster(), id, name: id.split('/').at(-1)! })),
    {},
    [control],
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
