import { logOf, startFixture, until } from './fixture/start';
import { startTimer } from './timer';

// They start processes, which a busy machine may delay.
jest.setTimeout(20_000);

test('a timer fires by the schedule that a setting holds, and is told its schedule', async () => {
  const { host, saw, records, remove } = await startFixture('app.ts', { TICK: '*/1 * * * * *' });
  const isTick = logOf('tick', 'scheduleStatus');
  const ticks = await until(() => records.filter(isTick).length >= 2 && records.filter(isTick));
  const [first, second] = ticks.map((record) => JSON.parse('message' in record ? (record.message ?? '') : ''));
  expect(first).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: {
      last: '0001-01-01T00:00:00+00:00',
      next: expect.stringMatching(/:\d\d\.000Z$/),
      lastUpdated: '0001-01-01T00:00:00+00:00',
    },
    isPastDue: false,
  });
  expect(second.scheduleStatus.last).toBe(first.scheduleStatus.next);
  expect(Date.parse(second.scheduleStatus.next) - Date.parse(second.scheduleStatus.last)).toBe(1000);
  await saw((record) => record.kind === 'output' && record.text === 'said plainly');
  expect(records.filter(logOf('tick', 'too fine'))).toEqual([]);
  await host.stop();
  remove();
});

test('a timer runs by hand, and whoever ran it learns how it ended', async () => {
  const { host, records, remove } = await startFixture('app.ts');
  await host.run('Yearly');
  expect(records.filter(logOf('yearly', 'a year is over'))).toHaveLength(1);
  await expect(host.run('unlucky')).rejects.toThrow('unlucky failed: no luck');
  await expect(host.run('nobody')).rejects.toThrow('no function without an HTTP trigger is named "nobody"');
  expect((await host.status()).invocations).toMatchObject({
    yearly: { ok: 1, failed: 0 },
    unlucky: { ok: 0, failed: 1 },
  });
  await host.stop();
  remove();
});

test('a function that a setting disables runs by hand only', async () => {
  const { host, records, remove } = await startFixture('app.ts', {
    TICK: '*/1 * * * * *',
    'AzureWebJobs.tick.Disabled': 'true',
  });
  let seconds = 0;
  const clock = startTimer('* * * * * *', async () => void (seconds += 1));
  await until(() => seconds >= 2);
  clock.stop();
  expect(records.filter(logOf('tick', 'scheduleStatus'))).toEqual([]);
  await host.run('tick');
  expect(records.filter(logOf('tick', 'scheduleStatus'))).toHaveLength(1);
  await host.stop();
  remove();
});

test('an occurrence that comes while the function still runs is left out', async () => {
  let stuck = 0;
  let free = 0;
  const timers = [
    startTimer('* * * * * *', () => {
      stuck += 1;
      return new Promise(() => undefined);
    }),
    startTimer('* * * * * *', () => {
      free += 1;
      return Promise.resolve();
    }),
  ];
  await until(() => free >= 2);
  expect(stuck).toBe(1);
  for (const timer of timers) timer.stop();
});

test.each(['0 */5 * * * *', '0 0 3 * * MON-FRI', '0 30 9 1,15 JAN *', '*/10 * * * *', '0 5/15 * * * *'])(
  'NCRONTAB %s is understood',
  (schedule) => {
    startTimer(schedule, () => Promise.resolve()).stop();
  },
);

test.each(['@daily', '0 0 3 L * *', '0 0 3 * * 5#2', '0 0 3 * * 7', '* * * *', '0 99 * * * *', ''])(
  'schedule "%s", which the Functions host does not understand, is refused',
  (schedule) => {
    expect(() => startTimer(schedule, () => Promise.resolve())).toThrow();
  },
);
