import fc from 'fast-check';
import { deedKinds, ports, refusalKinds, type Deed, type Fault, type Schedule } from './schedule';

/** Near one of a few moments, so that things happen at once; milliseconds from the start. */
const moment = fc
  .tuple(fc.constantFrom(30_000, 240_000, 480_000, 720_000), fc.oneof(fc.nat(1_500), fc.nat(90_000)))
  .map(([base, more]) => base + more);

const deed: fc.Arbitrary<Deed> = fc.record({
  at: moment,
  kind: fc.constantFrom(...deedKinds),
  which: fc.nat(11),
  how: fc.nat(11),
  told: fc.record({
    copies: fc.constantFrom(1, 1, 1, 2, 3, 0),
    afterMs: fc.oneof(fc.integer({ min: 50, max: 3_000 }), fc.integer({ min: 3_000, max: 180_000 })),
  }),
});

const atCall = {
  port: fc.constantFrom(...ports),
  nth: fc.oneof(fc.nat(5), fc.nat(30), fc.nat(100)),
  landed: fc.boolean(),
};

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('crash' as const), ...atCall }),
  fc.record({ kind: fc.constant('cut' as const), ...atCall }),
  fc.record({
    kind: fc.constant('operation' as const),
    nth: fc.nat(8),
    ends: fc.constantFrom('fails', 'fails for now', 'hangs'),
  }),
  fc.record({
    kind: fc.constant('refusals' as const),
    at: moment,
    ms: fc.integer({ min: 1_000, max: 240_000 }),
    of: fc.constantFrom('reads', 'writes', 'all'),
    answer: fc.constantFrom(...refusalKinds),
    share: fc.constantFrom(0.2, 0.5, 1),
  }),
  fc.record({
    kind: fc.constant('outage' as const),
    at: moment,
    ms: fc.integer({ min: 1_000, max: 600_000 }),
    of: fc.constantFrom('tables', 'storage', 'ingestion'),
  }),
  fc.record({
    kind: fc.constant('clock' as const),
    at: moment,
    ms: fc.integer({ min: 10_000, max: 600_000 }),
    instance: fc.nat(2),
    by: fc.integer({ min: -30_000, max: 30_000 }),
  }),
);

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.noShrink(fc.nat(1_000_000)),
  instances: fc.integer({ min: 1, max: 3 }),
  remediate: fc.constantFrom(true, true, true, false),
  timer: fc.constantFrom(true, true, true, false),
  pause: fc.constantFrom(false, false, true),
  deeds: fc.array(deed, { maxLength: 16, size: 'max' }),
  faults: fc.array(fault, { maxLength: 8, size: 'max' }),
});
