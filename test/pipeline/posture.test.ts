import { flowLogs } from '../../shared/controls/flow-logs';
import type { Control } from '../../shared/core/control';
import type { Finding, FindingState } from '../../shared/core/finding';
import { percentile, postureOf } from '../../shared/pipeline/posture';
import { watches } from '../../shared/pipeline/watches';
import { networkId } from '../controls/landing-zone';

const control = (id: string): Control => ({ ...flowLogs, id, title: `The title of ${id}` });

const finding = (controlId: string, state: FindingState, timeToCompliance?: number): Finding => ({
  findingId: 'f',
  controlId,
  title: 't',
  resourceId: networkId,
  resourceType: 'Microsoft.Network/virtualNetworks',
  state,
  severity: 'high',
  reason: 'r',
  remedy: '',
  firstSeen: '2026-03-01T08:00:00.000Z',
  lastSeen: '2026-03-01T08:00:00.000Z',
  asOf: '2026-03-01T08:00:00.000Z',
  hops: { seen: '2026-03-01T08:00:00.000Z', decided: '2026-03-01T08:00:00.000Z' },
  lookedAt: [],
  ...(timeToCompliance !== undefined && { timeToCompliance }),
});

const none = { open: 0, resolved: 0, compliant: 0, unknown: 0, notApplicable: 0, exempt: 0 };

test('the posture counts the resources of each control per state', () => {
  const findings = [
    ...Array.from({ length: 3 }, () => finding('one', 'open')),
    finding('one', 'resolved'),
    finding('one', 'unknown'),
    finding('other', 'compliant'),
    finding('other', 'notApplicable'),
    finding('another app’s', 'open'),
  ];
  const posture = postureOf([control('one'), control('other'), control('idle')], findings, 4);
  expect(posture).toEqual({
    controls: [
      { controlId: 'one', title: 'The title of one', states: { ...none, open: 3, resolved: 1, unknown: 1 } },
      { controlId: 'other', title: 'The title of other', states: { ...none, compliant: 1, notApplicable: 1 } },
      { controlId: 'idle', title: 'The title of idle', states: none },
    ],
    watches: Object.values(watches).map(({ id, title }) => ({ controlId: id, title, states: none })),
    poisoned: 4,
  });
});

test('the time to compliance is counted over what was put right, whatever its order', () => {
  const times = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
  const findings = [
    ...times.map((time) => finding('one', 'resolved', time)),
    finding('one', 'open'),
    finding('other', 'resolved', 9_999),
  ];
  const [one] = postureOf([control('one')], findings, 0).controls;
  expect(one?.timeToCompliance).toEqual({ p50: 50, p95: 95, count: 100 });
});

test('the time to compliance of a single network is its own', () => {
  const [one] = postureOf([control('one')], [finding('one', 'resolved', 0)], 0).controls;
  expect(one?.timeToCompliance).toEqual({ p50: 0, p95: 0, count: 1 });
});

test.each<[string, readonly number[], number, number]>([
  ['the middle of three', [1, 2, 3], 50, 2],
  ['the lower middle of four', [1, 2, 3, 4], 50, 2],
  ['the last of a few', [1, 2, 3], 95, 3],
  ['the first', [1, 2, 3], 0, 1],
  ['the last', [1, 2, 3], 100, 3],
  ['nothing', [], 50, 0],
])('a percentile is %s', (_, sorted, percent, expected) => {
  expect(percentile(sorted, percent)).toBe(expected);
});
