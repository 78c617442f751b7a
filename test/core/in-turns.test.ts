import { setImmediate as turn } from 'node:timers/promises';
import { inTurns } from '../../shared/core/in-turns';

interface Work {
  readonly run: () => Promise<string>;
  readonly started: () => boolean;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** Work that ends when it is told to. */
function work(name: string): Work {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isStarted = false;
  return {
    run: () => {
      isStarted = true;
      return promise;
    },
    started: () => isStarted,
    end: () => resolve(name),
    fail: reject,
  };
}

test('work of one key begins when the work before it has ended', async () => {
  const inTurn = inTurns();
  const [first, second, third] = [work('first'), work('second'), work('third')];
  const all = [first, second, third].map(({ run }) => inTurn('key', run));
  await turn();
  expect([first, second, third].map(({ started }) => started())).toEqual([true, false, false]);
  first.end();
  await all[0];
  await turn();
  expect([second, third].map(({ started }) => started())).toEqual([true, false]);
  second.end();
  third.end();
  expect(await Promise.all(all)).toEqual(['first', 'second', 'third']);
});

test('work of another key does not wait', async () => {
  const inTurn = inTurns();
  const [held, free] = [work('held'), work('free')];
  const holding = inTurn('one', held.run);
  free.end();
  expect(await inTurn('other', free.run)).toBe('free');
  held.end();
  expect(await holding).toBe('held');
});

test('work that fails keeps nobody from their turn, and its caller hears of it', async () => {
  const inTurn = inTurns();
  const [bad, good] = [work('bad'), work('good')];
  const all = [inTurn('key', bad.run), inTurn('key', good.run)];
  bad.fail(new Error('it broke'));
  good.end();
  await expect(all[0]).rejects.toThrow('it broke');
  expect(await all[1]).toBe('good');
});

test('work that throws at once keeps nobody from their turn', async () => {
  const inTurn = inTurns();
  const bad = inTurn('key', () => {
    throw new Error('at once');
  });
  await expect(bad).rejects.toThrow('at once');
  expect(await inTurn('key', async () => 'good')).toBe('good');
});

test('a key can be used again when its work is done', async () => {
  const inTurn = inTurns();
  for (const name of ['first', 'second']) {
    const one = work(name);
    one.end();
    expect(await inTurn('key', one.run)).toBe(name);
  }
});

test('two sets of turns know nothing of each other', async () => {
  const held = work('held');
  const holding = inTurns()('key', held.run);
  expect(await inTurns()('key', async () => 'free')).toBe('free');
  held.end();
  await holding;
});
