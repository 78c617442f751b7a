import { flowLogs } from '../../shared/controls/flow-logs';
import type { Hops } from '../../shared/core/finding';
import type { Verdict } from '../../shared/core/verdict';
import { judge } from '../../shared/pipeline/judge';
import { gone, record } from '../../shared/pipeline/record';
import type { Judged } from '../../shared/pipeline/report';
import { networkId, zone } from '../controls/landing-zone';
import { subscription } from '../given';
import { memoryWorld, type MemoryWorld } from '../memory-world';

const at = (second: number): string => new Date(Date.parse('2026-03-01T08:00:00.000Z') + second * 1_000).toISOString();
const right: Verdict = { state: 'compliant', reason: 'all is logged' };
const wrong: Verdict = { state: 'violation', problems: [{ severity: 'high', reason: 'nothing is logged' }] };

const judged = (
  verdict: Verdict,
  hops: Partial<Hops> & { readonly seen: string },
  more: Partial<Judged> = {},
): Judged => ({
  control: flowLogs,
  resourceId: networkId,
  verdict,
  hops: { decided: hops.seen, ...hops },
  remedy: '',
  lookedAt: [],
  asOf: hops.seen,
  ...more,
});
const states = (world: MemoryWorld): readonly unknown[] => [...world.stored.values()].map(({ state }) => state);

test('a judgement of an older look does not overwrite a younger one, and the resource is judged anew', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(20) }));
  await record(world, judged(right, { seen: at(10) }));
  expect(states(world)).toEqual(['open']);
  expect(world.rows).toHaveLength(1);
  expect(world.sent).toMatchObject([
    { message: { scope: { kind: 'resource', id: networkId }, cause: 'retry', controls: ['flow-logs'] } },
  ]);
  world.pass(30_000);
  await judge(world, world.take()[0]!);
  expect(states(world)).toEqual(['resolved']);
});

test('a judgement of an older look that says the same is dropped', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(20) }));
  await record(world, judged(wrong, { seen: at(10) }));
  expect(world.sent).toEqual([]);
});

test('an older look that was proved later is the younger judgement', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(20) }));
  await record(world, judged(right, { seen: at(10), written: at(25), confirmed: at(30) }));
  expect(states(world)).toEqual(['resolved']);
  expect(world.sent).toEqual([]);
});

test('what was proved is not opened again by who looked before the proof', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(10) }, { pending: true }));
  await record(world, judged(right, { seen: at(10), written: at(25), confirmed: at(30) }));
  await record(world, judged(wrong, { seen: at(20) }));
  expect(states(world)).toEqual(['resolved']);
  expect(world.sent).toHaveLength(1);
});

test('the first and the last record of one judgement are of the same look, and the last one counts', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(10) }, { pending: true }));
  await record(world, judged(wrong, { seen: at(10) }, { remedy: 'Azure refused' }));
  expect([...world.stored.values()]).toMatchObject([{ state: 'open', remedy: 'Azure refused' }]);
  expect(world.sent).toEqual([]);
});

test('an instance whose clock runs behind judges anew when its clock has come to the time of the finding', async () => {
  const world = memoryWorld(zone);
  const ahead = new Date(Date.parse(world.now()) + 30_000).toISOString();
  await record(world, judged(wrong, { seen: ahead }));
  await judge(world, { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: ahead });
  expect(states(world)).toEqual(['open']);
  const { delay, message } = world.sent.find(({ message }) => message.cause === 'retry')!;
  expect(delay).toBeGreaterThanOrEqual(30);
  expect(delay).toBeLessThanOrEqual(32);
  world.pass(delay * 1_000);
  await judge(world, message);
  expect(states(world)).toEqual(['resolved']);
});

describe('a resource that was not there', () => {
  test.each<[string, Verdict, string]>([
    ['right', right, 'compliant'],
    ['wrong', wrong, 'open'],
  ])('and was seen since keeps its finding: it was %s', async (_, verdict, state) => {
    const world = memoryWorld(zone);
    await record(world, judged(verdict, { seen: at(20) }));
    await gone(world, networkId, [flowLogs], at(10));
    expect(states(world)).toEqual([state]);
  });

  test('and was opened while it was being forgotten is resolved, for Sentinel was told of it', async () => {
    const world = memoryWorld(zone);
    await record(world, judged(right, { seen: at(10) }));
    const { remove } = world.findings;
    const findings = {
      ...world.findings,
      remove: async (...args: Parameters<typeof remove>) => {
        await record(world, judged(wrong, { seen: at(11) }));
        await remove(...args);
      },
    };
    await gone({ ...world, findings }, networkId, [flowLogs], at(12));
    expect([...world.stored.values()]).toMatchObject([{ state: 'resolved', gone: true }]);
    expect(world.rows.map(({ FindingState }) => FindingState)).toEqual(['open', 'resolved']);
  });
});

test('what is said of a subscription as a whole is said as it comes: no message would judge it anew', async () => {
  const world = memoryWorld(zone);
  await record(world, judged(wrong, { seen: at(20) }, { resourceId: subscription }));
  await record(world, judged(right, { seen: at(10) }, { resourceId: subscription }));
  expect(states(world)).toEqual(['resolved']);
  expect(world.sent).toEqual([]);
});
