import type { Limit } from '../../shared/core/limits';
import type { Budget } from '../../shared/core/ports';
import { tableBudget } from '../../shared/store/budget';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { gateTo, type Gate } from './gate';

let azurite: Azurite;
const gates: Gate[] = [];
let serial = 0;
let subscription = '';

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
beforeEach(() => {
  serial += 1;
  subscription = `subscription-${serial}`;
});
afterEach(async () => {
  await Promise.all(gates.splice(0).map((gate) => gate.close()));
});

const limitOf = (most: number, seconds = 3_600, name = 'writes'): Limit => ({
  name: `${name}/of a kind|${subscription}`,
  most,
  seconds,
});

async function instance(): Promise<{ readonly gate: Gate; readonly budget: Budget }> {
  const gate = await gateTo(azurite);
  gates.push(gate);
  return { gate, budget: tableBudget(gate) };
}

const isTransaction = ({ method }: { readonly method: string }): boolean => method === 'POST';

test('instances that take at the same moment never take more than there is', async () => {
  const budgets = Array.from({ length: 4 }, () => tableBudget(azurite));
  const limit = limitOf(50);
  const answers = await Promise.all(
    budgets.flatMap((budget) => Array.from({ length: 25 }, () => budget.take([limit]))),
  );
  expect(answers.filter(({ taken }) => taken)).toHaveLength(50);
  const spent = answers.find(({ taken }) => !taken);
  expect(spent).toMatchObject({ limit: limit.name });
  expect(spent?.taken === false && spent.wait).toBeGreaterThan(3_500);
});

test('what callers of one instance wish at the same moment is decided in one go', async () => {
  const { gate, budget } = await instance();
  await budget.take([limitOf(1_000)]);
  const before = gate.passed(isTransaction);
  await Promise.all(Array.from({ length: 100 }, () => budget.take([limitOf(1_000)])));
  expect(gate.passed(isTransaction) - before).toBeLessThanOrEqual(2);
});

test('two limits are taken from together or not at all', async () => {
  const budget = tableBudget(azurite);
  const [wide, narrow] = [limitOf(3, 3_600, 'wide'), limitOf(1, 3_600, 'narrow')];
  expect(await budget.take([wide, narrow])).toEqual({ taken: true });
  expect(await budget.take([wide, narrow])).toMatchObject({ taken: false, limit: narrow.name });
  expect([await budget.take([wide]), await budget.take([wide])]).toEqual([{ taken: true }, { taken: true }]);
  expect(await budget.take([wide])).toMatchObject({ taken: false });
});

test('a block by one instance holds for all', async () => {
  const until = new Date(Date.now() + 600_000).toISOString();
  await tableBudget(azurite).block([limitOf(5).name], until);
  const answer = await tableBudget(azurite).take([limitOf(5)]);
  expect(answer.taken === false && answer.wait).toBeGreaterThan(590);
});

test('who waits stands in one line on all instances', async () => {
  const [one, other] = [tableBudget(azurite), tableBudget(azurite)];
  await one.take([limitOf(1)]);
  const first = await one.turn([limitOf(1)], 20);
  const second = await other.turn([limitOf(1)], 20);
  expect(first).toBeGreaterThan(3_500);
  expect(second - first).toBeGreaterThan(3_500);
});

test('a row that another instance wrote in between is read and decided again', async () => {
  const { gate, budget } = await instance();
  await budget.take([limitOf(2)]);
  const held = gate.holdRequest(isTransaction);
  const taking = budget.take([limitOf(2)]);
  const passage = await held;
  await tableBudget(azurite).take([limitOf(2)]);
  passage.go();
  expect(await taking).toMatchObject({ taken: false });
});

test('the time is that of the tables, not of the instance', async () => {
  const real = Date.now;
  const budget = tableBudget(azurite);
  await budget.take([limitOf(1, 60)]);
  Date.now = () => real() + 3_600_000;
  try {
    expect(await budget.take([limitOf(1, 60)])).toMatchObject({ taken: false });
  } finally {
    Date.now = real;
  }
});

test('a long line is kept whole', async () => {
  const limit = limitOf(100, 302);
  const budgets = [tableBudget(azurite), tableBudget(azurite)];
  await Promise.all(Array.from({ length: 100 }, () => budgets[0]!.take([limit])));
  const waits = await Promise.all(Array.from({ length: 1_200 }, (_, one) => budgets[one % 2]!.turn([limit], 0)));
  const perSpan = Map.groupBy(waits, (wait) => Math.floor(wait / 303));
  expect(Math.max(...waits)).toBeLessThanOrEqual(12 * 303);
  for (const [span, some] of perSpan) if (span < 11) expect(some.length).toBeLessThanOrEqual(200);
});

test('no limits are no question', async () => {
  const { gate, budget } = await instance();
  expect(await budget.take([])).toEqual({ taken: true });
  expect(await budget.turn([], 0)).toBe(0);
  await budget.block([], new Date().toISOString());
  expect(gate.passed(() => true)).toBe(0);
});

test('limits of two subscriptions are not taken together', async () => {
  const foreign = { ...limitOf(1), name: 'writes|another' };
  await expect(tableBudget(azurite).take([limitOf(1), foreign])).rejects.toThrow('of one subscription');
});
