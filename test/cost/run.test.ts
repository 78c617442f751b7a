import { controls } from '../../shared/controls/index';
import { whole } from '../../infra/cost/report';
import { bytesOf, rowSizes } from '../../infra/cost/row-sizes';
import { run } from '../../infra/cost/run';

const json = (...args: readonly string[]): Record<string, never> =>
  JSON.parse(run([...args, '--json']).out) as Record<string, never>;

test('says what a month costs, line by line, and what is taken for granted', () => {
  const { code, out, err } = run(['--networks', '1', '--events-per-day', '1']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^A month of 1 subscription, 1 network, 2 clusters, 1 event a day\n/);
  expect(out).toMatch(/\n {2}Functions: execution time +[\d,]+ GB-s +\d+\.\d\d\n/);
  expect(out).toMatch(/\n {2}Steward +\d+\.\d\d\n/);
  expect(out).toContain('USD, list prices of East US as of');
  expect(out).toContain('to be checked');
});

test('gives everything as JSON, with prices and assumptions', () => {
  const all = json('--networks', '40', '--subscriptions', '3', '--flow-log-gb', '0');
  expect(all).toMatchObject({
    estate: { networks: 40, clusters: 2, subscriptions: 3, eventsPerDay: 800, daysKept: 365, flowLogGb: 0 },
    quantities: { events: 24_000 },
    flowLogsTotal: 0,
    prices: { currency: 'USD' },
    assumptions: { daysAMonth: 30 },
  });
});

test.each([
  [['--networks', 'many'], '--networks is "many"'],
  [['--networks', '-1'], '--networks'],
  [['--clusters', '1.5'], '--clusters is "1.5"'],
  [['--subnets', '1'], "Unknown option '--subnets'"],
  [['10'], "Unexpected argument '10'"],
])('%j is refused in one line', (args, message) => {
  const { code, out, err } = run(args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^cost: [^\n]+\n$/);
  expect(err).toContain(message);
});

test('tells its options', () => {
  expect(run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--events-per-day') });
});

describe('the size of a row', () => {
  test('is that of the text of its values', () => {
    expect(bytesOf({ Name: 'flow', Empty: null, Count: 12, Accent: 'é' })).toBe(4 + 0 + 2 + 2);
  });

  test('is of a row as the app makes it, between 500 and 5,000 bytes', () => {
    expect(rowSizes.finding).toBeGreaterThan(500);
    expect(rowSizes.finding).toBeLessThan(5_000);
    expect(rowSizes.posture).toBeLessThan(rowSizes.finding);
  });
});

test('each control makes rows', () => {
  const { quantities } = json('--networks', '0', '--clusters', '0', '--events-per-day', '0') as unknown as {
    readonly quantities: { readonly rows: number };
  };
  expect(quantities.rows).toBe(24 * 30 * controls.length);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [1_234_567.6, '1,234,568'],
])('%d is written %s', (amount, text) => {
  expect(whole(amount)).toBe(text);
});
