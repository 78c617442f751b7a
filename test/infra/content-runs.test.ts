import { watches } from '../../shared/pipeline/watches';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import type { Given } from './kql/interpreter';
import { bareWorkspace, queries, withParameters, workbook } from './kql/texts';
import { ago, answerOf, answerTo, postureRow, rowAt } from './rows-given';

describe('the function StewardFindings', () => {
  const latest = (findings: readonly Given[]) => answerOf('parser: StewardFindings', { findings });

  test('answers the latest row of each finding', () => {
    const rows = [rowAt(60, {}), rowAt(50, { state: 'resolved' }, { previous: 'open' }), rowAt(40, { findingId: 'b' })];
    expect(latest(rows).map(({ FindingState, IsOpen }) => [FindingState, IsOpen])).toEqual([
      ['resolved', false],
      ['open', true],
    ]);
  });

  test('lets no row win that is older and came later, whatever time ingestion gave it', () => {
    const open = rowAt(4_000, {});
    const late: Given = { row: { ...open.row, TimeGenerated: ago(1) }, ingested: ago(1) };
    const resolved = rowAt(3_990, { state: 'resolved' }, { previous: 'open' });
    expect(latest([resolved, late])).toMatchObject([{ FindingState: 'resolved' }]);
  });

  test('lets a daily row stand for what it repeats, and not for what came after it', () => {
    const daily = rowAt(100, { hops: { seen: ago(101), decided: ago(101) } }, { kind: 'heartbeat' });
    const resolved = rowAt(90, { state: 'resolved' }, { previous: 'open' });
    expect(latest([rowAt(1_600, {}), daily])).toMatchObject([{ FindingState: 'open', RowKind: 'heartbeat' }]);
    expect(latest([rowAt(1_600, {}), daily, resolved])).toMatchObject([{ FindingState: 'resolved' }]);
  });

  test('takes the row of a decision by a clock that lags as what it is: the later', () => {
    const lagging = { state: 'resolved', hops: { seen: ago(61), decided: ago(61) }, announced: ago(59) } as const;
    expect(latest([rowAt(60, {}), rowAt(60, lagging, { previous: 'open' })])).toMatchObject([
      { FindingState: 'resolved' },
    ]);
  });

  test('tells for how many days what is open is open', () => {
    const [open] = latest([rowAt(5, { firstSeen: ago(3 * 1_440) })]);
    const [right] = latest([rowAt(5, { state: 'resolved', firstSeen: ago(3 * 1_440) })]);
    expect([open?.['OpenDays'], right?.['OpenDays']]).toEqual([3, null]);
  });
});

test('the function StewardPosture answers the newest row of each subscription and control', () => {
  const rows = [
    postureRow({ CountedAt: ago(90), Compliant: 1 }),
    postureRow({ CountedAt: ago(30), Compliant: 8, Open: 1, Unknown: 1 }),
    postureRow({ CountedAt: ago(95), ControlId: 'disks', Compliant: 0, Open: 0, Unknown: 0 }),
  ];
  const told = answerOf('parser: StewardPosture', { posture: rows });
  expect(told.map(({ ControlId, Judged, CompliantPercent }) => [ControlId, Judged, CompliantPercent])).toEqual([
    ['flow-logs', 10, 80],
    ['disks', 0, null],
  ]);
});

test.each(queries)('%s runs on nothing, also where there are no tables of others', (_, query) => {
  expect(() => answerTo(query, {}, bareWorkspace)).not.toThrow();
});

const by = '5d0f0000-0000-4000-8000-00000000000a';
const logId = '/subscriptions/x/providers/Microsoft.Network/networkWatchers/nw/flowLogs/fl-one';

function deed(minutes: number, resource: string): Given {
  return {
    row: {
      TimeGenerated: ago(minutes),
      OperationNameValue: 'MICROSOFT.NETWORK/NETWORKWATCHERS/FLOWLOGS/WRITE',
      ActivityStatusValue: 'Success',
      Caller: by,
      SubscriptionId: subscriptionId,
      _ResourceId: resource,
      CorrelationId: resource,
    },
  };
}

describe('the hunting queries', () => {
  const hunt = (name: string, rows: Parameters<typeof answerOf>[1]) =>
    answerOf(`hunting query: Steward - ${name}`, rows);

  test('find the change of a flow log that no finding explains', () => {
    const activity = [deed(100, logId), deed(500, `${logId}-two`)];
    const told = hunt('Changes of flow logs that no finding explains', { findings: [rowAt(95, {})], activity });
    expect(told).toMatchObject([{ FlowLogId: `${logId}-two`, CallerId: by, CallerName: '' }]);
  });

  test('find what a remedy wrote explained', () => {
    const hops = { seen: ago(700), decided: ago(90), written: ago(91), confirmed: ago(90) };
    const told = hunt('Changes of flow logs that no finding explains', {
      findings: [rowAt(90, { state: 'resolved', hops }, { previous: 'open' })],
      activity: [deed(92, logId)],
    });
    expect(told).toEqual([]);
  });

  test('find who undoes what was put right, and how much', () => {
    const undone = [{ at: ago(50) }, { at: ago(40), by }];
    const findings = [
      rowAt(40, { undone }, { previous: 'resolved' }),
      rowAt(30, { undone, findingId: 'b' }, { previous: 'resolved' }),
      rowAt(20, { undone, findingId: 'c', state: 'resolved' }, { previous: 'open' }),
    ];
    const told = hunt('Who undoes what was put right', { findings });
    expect(told).toMatchObject([{ CallerId: by, Findings: 2, Subscriptions: 1 }]);
  });

  test('find what goes wrong again and again', () => {
    const again = [rowAt(90, {}), rowAt(80, { state: 'resolved', timeToCompliance: 90_000 }), rowAt(70, {})];
    const told = hunt('Resources that go wrong again and again', {
      findings: [...again, rowAt(60, { findingId: 'once' })],
    });
    expect(told).toMatchObject([{ Begun: 2, MeanMinutes: 1.5, FindingState: 'open', ResourceIdText: networkId }]);
  });

  test('find what cannot be seen, by the reason', () => {
    const unknown = { state: 'unknown', reason: 'it could not be read: Forbidden: you may not' } as const;
    const findings = [rowAt(90, unknown), rowAt(80, { ...unknown, findingId: 'b' }), rowAt(70, { findingId: 'c' })];
    expect(hunt('What Steward cannot see', { findings })).toMatchObject([
      { Findings: 2, Why: 'it could not be read: Forbidden', OldestAt: new Date(ago(90)) },
    ]);
  });

  test('find what exemptions excuse, and until when', () => {
    const reason = 'exempt until 2026-06-30 (owner team (b) x): is moved; otherwise: no flow log covers subnet a';
    const granted = reason.replace('team (b) x', 'team-b');
    const findings = [rowAt(90, { state: 'exempt', reason: granted }), rowAt(80, { findingId: 'b' })];
    expect(hunt('What exemptions excuse', { findings })).toMatchObject([
      { Until: new Date('2026-06-30'), Owner: 'team-b', Otherwise: 'no flow log covers subnet a' },
    ]);
  });

  test('find what took longest', () => {
    const findings = [1, 2, 3].map((minutes) =>
      rowAt(90 - minutes, { findingId: `f${minutes}`, state: 'resolved', timeToCompliance: minutes * 60_000 }),
    );
    expect(hunt('What took longest to become compliant', { findings })).toMatchObject([{ Minutes: 3 }]);
  });

  test('find what left a network before its flow log went dark', () => {
    const flow = (minutes: number, more: object = {}): Given => ({
      row: {
        TimeGenerated: ago(minutes),
        FlowStartTime: ago(minutes),
        SubType: 'FlowLog',
        FlowType: 'ExternalPublic',
        SrcIp: '10.20.0.4',
        DestIp: '198.51.100.9',
        DestPort: 443,
        SrcSubscription: subscriptionId,
        SrcSubnet: 'rg-network/vnet-spoke/snet-nodes',
        BytesSrcToDest: 100,
        ...more,
      },
    });
    const flows = [
      flow(100),
      flow(130, { BytesSrcToDest: 50 }),
      flow(85),
      flow(160),
      flow(100, { SrcSubnet: 'rg-network/vnet-hub/snet-a' }),
      flow(100, { FlowType: 'IntraVNet' }),
    ];
    const dark = rowAt(90, {}, { previous: 'compliant' });
    const told = hunt('Traffic before a flow log went dark', { findings: [dark], flows });
    expect(told).toMatchObject([{ Bytes: 150, Flows: 2, DestIp: '198.51.100.9' }]);
    expect(hunt('Traffic before a flow log went dark', { findings: [rowAt(90, {})], flows })).toEqual([]);
  });
});

describe('the workbook', () => {
  const shown = (name: string, rows: Parameters<typeof answerOf>[1]) => answerOf(`workbook: ${name}`, rows);
  const posture = [
    postureRow({}),
    postureRow({ SubscriptionIdText: 'other', Compliant: 0, Open: 0, Unknown: 0, MayWrite: 'no' }),
    postureRow({ ControlId: 'disks', Requirement: '11', Compliant: 5, Open: 0, Unknown: 0 }),
    postureRow({ ControlId: 'event-delivery', Requirement: null, Compliant: 0, Open: 1, SweptAt: null }),
  ];

  test('says of each subscription whether Steward is alive', () => {
    const rows = [...posture, postureRow({ SubscriptionIdText: 'dead', CountedAt: ago(200) })];
    const unswept = postureRow({ SubscriptionIdText: 'stuck', ControlId: 'disks', SweptAt: ago(500) });
    const swept = postureRow({ SubscriptionIdText: 'stuck' });
    const told = shown('alive', { posture: [...rows, unswept, swept] });
    expect(told.map(({ SubscriptionIdText, Alive }) => `${SubscriptionIdText} ${Alive}`).toSorted()).toEqual([
      `${subscriptionId} yes`,
      'dead silent',
      'other yes',
      'stuck not looked through',
    ]);
  });

  test('asks about every watch on Steward itself', () => {
    const findings = Object.values(watches).map(({ id }, index) => rowAt(90 + index, { controlId: id, findingId: id }));
    expect(shown('steward-itself', { findings: [...findings, rowAt(5, {})] })).toHaveLength(findings.length);
  });

  test('sums the posture by control, in the order of the requirements', () => {
    expect(shown('posture-by-control', { posture })).toMatchObject([
      { Requirement: '3', ControlId: 'flow-logs', CompliantPercent: 80, Open: 1, Unknown: 1 },
      { Requirement: '11', ControlId: 'disks', CompliantPercent: 100 },
    ]);
    expect(shown('posture-by-requirement', { posture })).toEqual([
      { Requirement: 'Requirement 3', CompliantPercent: 80 },
      { Requirement: 'Requirement 11', CompliantPercent: 100 },
    ]);
  });

  test('shows the trend by the last row of each six hours', () => {
    const rows = [postureRow({ CountedAt: ago(400), Open: 9 }), postureRow({ CountedAt: ago(40), Open: 2 })];
    const told = shown('trend', { posture: [...rows, postureRow({ CountedAt: ago(30), Open: 1 })] });
    expect(told.map(({ Open }) => Open)).toEqual([9, 1]);
  });

  test('tells the time to compliance, and how much of it is Steward’s doing', () => {
    const resolved = [1, 2, 30].map((minutes) =>
      rowAt(90 - minutes, {
        findingId: `f${minutes}`,
        state: 'resolved',
        timeToCompliance: minutes * 60_000,
        ...(minutes < 30 && { remedyState: 'done' as const }),
      }),
    );
    expect(shown('time-to-compliance', { findings: [...resolved, resolved[0]!] })).toEqual([
      { ControlId: 'flow-logs', Resolved: 3, ByRemedy: 2, P50: 2, P95: 30, Longest: 30 },
    ]);
  });

  test('lists what is open with its age, the gravest first', () => {
    const findings = [
      rowAt(9_000, { findingId: 'low', severity: 'low' }),
      rowAt(90, { findingId: 'new' }),
      rowAt(3_000, { findingId: 'old', remedyState: 'failed' }, { kind: 'remedy' }),
      rowAt(10, { findingId: 'right', state: 'resolved' }),
    ];
    expect(shown('open-findings', { findings }).map(({ FindingId }) => FindingId)).toEqual(['old', 'new', 'low']);
    expect(shown('failed', { findings })).toMatchObject([{ FirstSeenAt: new Date(ago(3_000)) }]);
    expect(shown('age', { findings })).toMatchObject([
      { Age: 'within a week', FindingSeverity: 'low', Findings: 1 },
      { Age: 'within a day', FindingSeverity: 'high', Findings: 1 },
      { Age: 'within a week', FindingSeverity: 'high', Findings: 1 },
    ]);
  });

  test('lists each write that Steward made, with its fields', () => {
    const change = { resourceId: logId, summary: 'repair flow log fl-one', differences: [] };
    const done = { state: 'resolved', remedyState: 'done', changes: [change, { ...change, summary: 'two' }] } as const;
    const findings = [rowAt(90, done, { previous: 'open' }), rowAt(80, { changes: [change], findingId: 'b' })];
    const told = shown('changes', { findings });
    expect(told).toMatchObject([{ Change: 'repair flow log fl-one', Written: logId, Fields: '[]' }, { Change: 'two' }]);
  });

  test('asks only about the subscriptions and controls that were chosen', () => {
    const item = workbook.items.find(({ name }) => name === 'posture-by-control');
    const query = item?.type === 3 ? item.content.query : '';
    const chosen = { '{Subscriptions}': `'${subscriptionId}','other'`, '{Controls}': "'disks'" };
    const told = answerTo(withParameters(query, chosen), { posture });
    expect(told.map(({ ControlId }) => ControlId)).toEqual(['disks']);
    const none = answerTo(withParameters(query, { ...chosen, '{Subscriptions}': "'nobody'" }), { posture });
    expect(none).toEqual([]);
  });
});
