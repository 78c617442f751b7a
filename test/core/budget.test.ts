import { assert, array, integer, nat, oneof, property, record, constant } from 'fast-check';
import { take, turn, unused, withBlock, type Usages } from '../../shared/core/budget';
import type { Limit } from '../../shared/core/limits';

const start = 1_800_000_000;
const limitOf = (most: number, seconds: number): Limit => ({ name: `writes|s`, most, seconds });

/** A row, its clock, and when something was taken by real time. */
interface Story {
  readonly takenAt: readonly number[];
  readonly usages: Usages;
  readonly now: number;
  readonly clock: number;
}

interface Step {
  /** Seconds that pass. */
  readonly pass: number;
  /** Seconds by which the clock is put back. */
  readonly back: number;
  /** How many come. */
  readonly come: number;
}

function told(limit: Limit, steps: readonly Step[]): Story {
  let story: Story = { takenAt: [], usages: new Map(), now: start, clock: start };
  for (const { pass, back, come } of steps) {
    story = { ...story, now: story.now + pass, clock: story.clock + pass - back };
    for (let one = 0; one < come; one += 1) {
      const { answer, usages } = take(story.usages, [limit], story.clock);
      if (!answer.taken) break;
      story = { ...story, usages: new Map([...story.usages, ...usages]), takenAt: [...story.takenAt, story.now] };
    }
  }
  return story;
}

/** The most that were taken in any span: from each take on. */
function mostInASpan(takenAt: readonly number[], seconds: number): number {
  return Math.max(0, ...takenAt.map((from) => takenAt.filter((at) => at >= from && at < from + seconds).length));
}

const limits = record({ most: integer({ min: 1, max: 40 }), seconds: integer({ min: 1, max: 4_000 }) });
const steps = (back: ReturnType<typeof constant<number>> | ReturnType<typeof nat>) =>
  array(record({ pass: oneof(nat(5), nat(400), nat({ max: 9_000 })), back, come: nat(12) }), { maxLength: 60 });

test('no span ever sees more than the limit, whenever writes come and however often a clock is put back', () => {
  assert(
    property(limits, steps(oneof(constant(0), constant(0), nat(10_000))), ({ most, seconds }, story) => {
      const { takenAt } = told(limitOf(most, seconds), story);
      return mostInASpan(takenAt, seconds) <= most;
    }),
    { numRuns: 2_000 },
  );
});

test('who waits as long as it was told gets something, and nobody waits longer than a span and a slot', () => {
  assert(
    property(limits, steps(constant(0)), ({ most, seconds }, story) => {
      const limit = limitOf(most, seconds);
      const { usages, clock } = told(limit, story);
      const slot = Math.max(1, Math.ceil(seconds / 310));
      const { answer } = take(usages, [limit], clock);
      const wait = answer.taken ? 0 : answer.wait;
      return wait <= seconds + 2 * slot && take(usages, [limit], clock + wait).answer.taken;
    }),
    { numRuns: 2_000 },
  );
});

test('after a quiet span everything is there again', () => {
  assert(
    property(limits, steps(constant(0)), ({ most, seconds }, story) => {
      const limit = limitOf(most, seconds);
      const quiet = { pass: 2 * seconds + 2, back: 0, come: most + 5 };
      const before = told(limit, story).takenAt.length;
      return told(limit, [...story, quiet]).takenAt.length === before + most;
    }),
    { numRuns: 500 },
  );
});

test('a clock that was an hour ahead keeps nobody waiting for that hour', () => {
  const limit = limitOf(3, 300);
  const { usages } = told(limit, [{ pass: 3_600, back: 0, come: 3 }]);
  const { answer } = take(usages, [limit], start);
  expect(answer).toMatchObject({ taken: false });
  expect(answer.taken ? 0 : answer.wait).toBeLessThanOrEqual(302);
});

test('when one of several limits is spent, nothing is taken from the others', () => {
  const narrow = { name: 'narrow|s', most: 1, seconds: 60 };
  const wide = { name: 'wide|s', most: 5, seconds: 60 };
  const first = take(new Map(), [wide, narrow], start);
  const second = take(first.usages, [wide, narrow], start);
  expect(second).toEqual({ answer: { taken: false, wait: 61, limit: 'narrow|s' }, usages: new Map() });
});

test('a limit that is named twice gives two, or none', () => {
  const limit = limitOf(3, 60);
  const first = take(new Map(), [limit, limit], start);
  expect(first.answer.taken).toBe(true);
  expect(take(first.usages, [limit, limit], start).answer.taken).toBe(false);
  expect(take(first.usages, [limit], start).answer.taken).toBe(true);
});

test('nothing is taken until a block is over, and a shorter one does not end it', () => {
  const limit = limitOf(5, 60);
  const usages = new Map([[limit.name, withBlock(withBlock(unused, start + 90), start + 30)]]);
  expect(take(usages, [limit], start + 31).answer).toEqual({ taken: false, wait: 59, limit: limit.name });
  expect(take(usages, [limit], start + 90).answer.taken).toBe(true);
});

describe('a line of those who wait', () => {
  const limit = limitOf(10, 300);
  const full = told(limit, [{ pass: 0, back: 0, come: 10 }]).usages;
  const line = (count: number, from: Usages): readonly number[] => {
    let usages = from;
    return Array.from({ length: count }, () => {
      const decision = turn(usages, [limit], { now: start, soon: 20 });
      usages = new Map([...usages, ...decision.usages]);
      return decision.answer;
    });
  };

  test('is told to come back as the limit lets it through, first come first', () => {
    const waits = line(25, full);
    expect(waits.slice(0, 10)).toEqual(Array(10).fill(301));
    expect(waits.slice(10, 20)).toEqual(Array(10).fill(602));
    expect(waits.slice(20)).toEqual(Array(5).fill(903));
  });

  test('does not form while something is left, or will be in a moment', () => {
    const some = told(limit, [{ pass: 0, back: 0, come: 9 }]).usages;
    expect(turn(some, [limit], { now: start, soon: 20 })).toEqual({ answer: 0, usages: new Map() });
    expect(turn(full, [limit], { now: start + 290, soon: 20 }).answer).toBe(0);
    expect(turn(full, [limit], { now: start + 270, soon: 20 }).answer).toBe(31);
  });

  test('ends where looking again costs less than a longer memory', () => {
    expect(Math.max(...line(500, full))).toBeLessThanOrEqual(12 * 301);
  });

  test('all get their turn when they come back as told', () => {
    let usages = full;
    const due = line(60, full);
    for (const wait of due) {
      const decision = take(usages, [limit], start + wait);
      expect(decision.answer.taken).toBe(true);
      usages = new Map([...usages, ...decision.usages]);
    }
  });
});
