import { atMost } from '../../shared/azure/at-most';

test('at most so many run at the same time, all are run, and a failure frees its place', async () => {
  const limit = atMost(3);
  let [running, most] = [0, 0];
  const work = (index: number): Promise<number> =>
    limit(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (index % 5 === 0) throw new Error(`${index}`);
      return index;
    });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => work(index)));
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
});
