import { costOf, quantitiesOf, type Estate, type Version } from '../../infra/cost/model';
import { prices } from '../../infra/cost/prices';

const version: Version = { controls: 2, findingBytes: 1_000, postureBytes: 500 };
const nothing: Estate = { subscriptions: 1, networks: 0, clusters: 0, eventsPerDay: 0, daysKept: 90, flowLogGb: 0 };
const line = (estate: Estate, what: string): number =>
  costOf(estate, version, prices).lines.find((one) => one.what === what)!.cost;

describe('a subscription in which nothing happens', () => {
  test('is swept by the timer 96 times a day, ten seconds each time, on 2 GB', () => {
    // 96 × 30 = 2,880 sweeps, each of them a run of the timer and one of the queue: 2,880 × (5 + 5) s × 2 GB.
    expect(quantitiesOf(nothing, version)).toMatchObject({ executions: 5_760, gbSeconds: 57_600, events: 0 });
  });

  test('sends a row an hour for each control', () => {
    // 24 × 30 × 2 rows of 500 bytes.
    expect(quantitiesOf(nothing, version)).toMatchObject({ rows: 1_440, logGb: 0.00072 });
  });

  test('has its queue looked at each second, and the lock of its host renewed', () => {
    // 86,400 × 30 + 5,760 × 5; 5,760 × 15 + 2,880 × 40; 5,760 × 30.
    expect(quantitiesOf(nothing, version)).toMatchObject({
      queueOperations: 2_620_800,
      tableOperations: 201_600,
      blobWrites: 172_800,
    });
  });

  test('stays within what is free of Functions and Event Grid, and pays for the rest', () => {
    const cost = costOf(nothing, version, prices);
    const paid = cost.lines.filter((one) => one.cost > 0).map(({ what, cost: one }) => [what, Number(one.toFixed(4))]);
    expect(paid).toEqual([
      // 0.00072 GB × (2.30 + 2.00)
      ['Sentinel: rows', 0.0031],
      // 5,760 × 3,000 bytes = 0.01728 GB × 2.30
      ['Application Insights', 0.0397],
      // 262.08 × 0.004
      ['Storage: queues', 1.0483],
      // 20.16 × 0.00036
      ['Storage: tables', 0.0073],
      // 17.28 × 0.05
      ['Storage: blobs', 0.864],
    ]);
    expect(cost.total).toBeCloseTo(1.9624, 4);
    expect(cost.flowLogsTotal).toBe(0);
  });
});

describe('events and resources', () => {
  const busy: Estate = { ...nothing, networks: 10, clusters: 5, eventsPerDay: 1_000 };

  test('an event is taken in a second and judged twice, three seconds each', () => {
    // 30,000 × (1 + 2 × 3) s × 2 GB; each of 60 resources adds 2,880 × 0.02 s × 2 GB.
    const { gbSeconds } = quantitiesOf(busy, version);
    expect(gbSeconds - 57_600).toBeCloseTo(420_000 + 6_912, 6);
  });

  test('rows are changes, reminders and the posture', () => {
    // 60,000 judgements × 0.2; 60 resources × 2 controls × 0.05 × 30 days; 1,440.
    expect(quantitiesOf(busy, version).rows).toBeCloseTo(12_000 + 180 + 1_440, 6);
    expect(quantitiesOf(busy, version).logGb).toBeCloseTo(0.01218 + 0.00072, 9);
  });

  test('what is beyond the free amount is paid', () => {
    // 484,512 GB-s - 100,000 at 0.000026.
    expect(line(busy, 'Functions: execution time')).toBeCloseTo(9.9973, 4);
    // 10,000 events a day are 900,000 executions and 5,760, and 900,000 operations of Event Grid.
    const busier = { ...busy, eventsPerDay: 10_000 };
    expect(line(busier, 'Functions: executions')).toBeCloseTo(((905_760 - 250_000) / 1e6) * 0.4, 9);
    expect(line(busier, 'Event Grid')).toBeCloseTo(((900_000 - 100_000) / 1e6) * 0.6, 9);
  });

  test('each subscription has what is free, and a timer, of its own', () => {
    const ten = { ...nothing, subscriptions: 10 };
    expect(quantitiesOf(ten, version)).toMatchObject({ executions: 57_600, gbSeconds: 576_000 });
    expect(line(ten, 'Functions: execution time')).toBe(0);
  });

  test('rows are kept for 90 days without a charge', () => {
    expect(line(busy, 'Sentinel: rows kept')).toBe(0);
    // (365 - 90) / 30 × 0.0129 GB × 0.10.
    expect(line({ ...busy, daysKept: 365 }, 'Sentinel: rows kept')).toBeCloseTo((275 / 30) * 0.0129 * 0.1, 9);
  });
});

test('flow logs are lines of their own, in no total of Steward', () => {
  const logged = { ...nothing, flowLogGb: 105 };
  const cost = costOf(logged, version, prices);
  // (105 - 5) × 0.50; 105 × 3.50; three months of 105 GB × 0.0208.
  expect(cost.flowLogs.map((one) => Number(one.cost.toFixed(3)))).toEqual([50, 367.5, 6.552]);
  expect(cost.total).toBe(costOf(nothing, version, prices).total);
});
