import { readPace } from '../../shared/azure/read-pace';

const names = ['reads of one', 'reads of one in microsoft.network'];

/** Whoever pauses lets the time pass for all. */
function given() {
  let clock = Date.parse('2026-03-01T08:00:00.000Z');
  const started = clock;
  const pace = readPace({ now: () => new Date(clock).toISOString(), pause: async (ms) => void (clock += ms) });
  return { pace, passed: () => clock - started };
}

test('who waits longest reads first', async () => {
  const { pace } = given();
  pace.heard('reads of one', 100);
  const order: string[] = [];
  await Promise.all(['first', 'second', 'third'].map((who) => pace.admit(names).then(() => order.push(who))));
  expect(order).toEqual(['first', 'second', 'third']);
});

test('who asks how an operation goes stands in no line', async () => {
  const { pace } = given();
  pace.heard('reads of one', 50);
  const order: string[] = [];
  const waiting = pace.admit(names).then(() => order.push('waiting'));
  await pace.admit(names, 'urgent').then(() => order.push('urgent'));
  await waiting;
  expect(order).toEqual(['urgent', 'waiting']);
});

test('nobody in the line waits for more than ten seconds, and one that is sent away holds up no other', async () => {
  const { pace, passed } = given();
  pace.heard('reads of one', -100);
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => pace.admit(names)));
  expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(40);
  expect(all.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  expect(passed()).toBeLessThanOrEqual(10_100);
  pace.heard('reads of others', 250);
  await pace.admit(['reads of others', 'reads of others in microsoft.network']);
});
