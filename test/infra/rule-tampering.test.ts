import { judge } from '../../shared/pipeline/judge';
import { log, logId, networkId, zone, zoneWith, zoneWithout } from '../controls/landing-zone';
import { having, subscriptionId } from '../given';
import { memoryWorld } from '../memory-world';

import { ago, answerOf, rowAt, type Rows } from './rows-given';
import { bareWorkspace, queryOf, workspace } from './kql/texts';
import { run, type Given } from './kql/interpreter';

const rule = 'rule: Steward - Flow log deleted or switched off';
const fires = (rows: Rows, schema = workspace) => answerOf(rule, rows, schema);

const off = 'flow log spoke-flowlog is switched off';
const gone = 'no flow log covers subnet snet-nodes';
const tampered = (minutes: number, reason = off): Given => rowAt(minutes, { reason }, { previous: 'compliant' });

interface Deed {
  readonly at?: string;
  readonly ingested?: string;
  readonly operation?: 'write' | 'delete';
  readonly status?: string;
  readonly caller?: string;
  readonly resource?: string;
  readonly subscription?: string;
}

const activity = (deed: Deed = {}): Given => ({
  row: {
    TimeGenerated: deed.at ?? ago(3),
    OperationNameValue: `MICROSOFT.NETWORK/NETWORKWATCHERS/FLOWLOGS/${(deed.operation ?? 'write').toUpperCase()}`,
    ActivityStatusValue: deed.status ?? 'Success',
    Caller: deed.caller ?? 'mallory@example.com',
    CallerIpAddress: '203.0.113.7',
    SubscriptionId: deed.subscription ?? subscriptionId.toUpperCase(),
    _ResourceId: deed.resource ?? logId.toLowerCase(),
  },
  ingested: deed.ingested ?? ago(1),
});

describe('a flow log that was switched off', () => {
  test('is told at once, with who did it', () => {
    expect(fires({ findings: [tampered(2)], activity: [activity()] })).toMatchObject([
      {
        ResourceIdText: networkId,
        CallerName: 'mallory@example.com',
        CallerId: '',
        CallerAddress: '203.0.113.7',
        ChangedFlowLog: 'spoke-flowlog',
        ControlId: 'flow-logs',
      },
    ]);
  });

  test('is told without who did it where there is no activity log', () => {
    const told = fires({ findings: [tampered(2)] }, bareWorkspace);
    expect(told).toMatchObject([{ ResourceIdText: networkId, CallerName: '', CallerAddress: '' }]);
  });

  test('is told again when the activity log tells who did it, and not a third time', () => {
    const late = activity({ at: ago(21), ingested: ago(4) });
    const rows = { findings: [tampered(20)], activity: [late] };
    expect(fires(rows)).toMatchObject([{ CallerName: 'mallory@example.com' }]);
    expect(fires({ ...rows, activity: [activity({ at: ago(21), ingested: ago(6) })] })).toEqual([]);
  });

  test('by an app is told with its object id', () => {
    const caller = '5d0f0000-0000-4000-8000-00000000000a';
    const told = fires({ findings: [tampered(2)], activity: [activity({ caller })] });
    expect(told).toMatchObject([{ CallerName: '', CallerId: caller }]);
  });

  test('after it had been put right is told with who undid it, also without an activity log', () => {
    const undone = [
      { at: ago(60), by: '5d0f0000-0000-4000-8000-00000000000b' },
      { at: ago(2), by: '5d0f0000-0000-4000-8000-00000000000c' },
    ];
    const told = fires({ findings: [rowAt(2, { undone }, { previous: 'resolved' })] }, bareWorkspace);
    expect(told).toMatchObject([{ CallerId: '5d0f0000-0000-4000-8000-00000000000c' }]);
  });

  test('is told once, though its row was sent three times and its finding goes on', () => {
    const row = tampered(4);
    const again = [ago(3), ago(2)].map((ingested) => ({ ...row, ingested }));
    const resolved = rowAt(3, { state: 'resolved', reason: 'right' }, { previous: 'open' });
    expect(fires({ findings: [row, ...again, resolved] })).toHaveLength(1);
  });

  test('is not told again when its row comes again later', () => {
    const row = tampered(300);
    expect(fires({ findings: [row, { ...row, ingested: ago(2) }] })).toEqual([]);
  });

  test('is told when its row had to wait for ingestion for hours', () => {
    expect(fires({ findings: [{ ...tampered(300), ingested: ago(2) }] })).toHaveLength(1);
  });
});

test('a flow log that was deleted is told, with who deleted it', () => {
  const deletion = activity({ operation: 'delete', resource: `${logId}-other` });
  expect(fires({ findings: [tampered(2, gone)], activity: [deletion] })).toMatchObject([
    { CallerName: 'mallory@example.com', ChangedFlowLog: 'spoke-flowlog-other' },
  ]);
});

describe('nobody is accused of what he did not do', () => {
  test.each<[string, string, Deed]>([
    ['who wrote another flow log', off, { resource: logId.replace('spoke', 'hub') }],
    ['who wrote a log, when one was deleted', gone, { operation: 'write' }],
    ['who deleted a log, when one was switched off', off, { operation: 'delete' }],
    ['who did it in another subscription', off, { subscription: '99999999-2222-4333-8444-555555555555' }],
    ['who failed', off, { status: 'Failure' }],
    ['who did it after Steward had seen it, as Steward itself', off, { at: ago(1) }],
    ['who did it an hour before', off, { at: ago(62) }],
  ])('%s', (_, reason, deed) => {
    const told = fires({ findings: [tampered(2, reason)], activity: [activity(deed)] });
    expect(told).toMatchObject([{ CallerName: '', CallerId: '', CallerAddress: '', ChangedFlowLog: '' }]);
  });

  test('and of several, the one who did it last before the finding', () => {
    const deeds = [activity({ at: ago(20), caller: 'alice@example.com' }), activity({ at: ago(2.5) })];
    expect(fires({ findings: [tampered(2)], activity: deeds })).toMatchObject([{ CallerName: 'mallory@example.com' }]);
  });
});

test.each<[string, Given]>([
  ['a network that was never right', rowAt(2, {})],
  ['a network of which nothing was known', rowAt(2, {}, { previous: 'unknown' })],
  ['a log that keeps flows for too short', rowAt(2, { reason: 'keeps flows for 7 days' }, { previous: 'compliant' })],
  ['another control', rowAt(2, { controlId: 'live-flow-logs' }, { previous: 'compliant' })],
  ['a finding that is resolved', rowAt(2, { state: 'resolved' }, { previous: 'open' })],
  ['the daily row of an open finding', rowAt(2, {}, { kind: 'heartbeat', previous: 'compliant' })],
  ['what was told an hour ago', tampered(60)],
  [
    'what happened two days ago and comes again under a new time',
    { row: { ...tampered(2_880).row, TimeGenerated: ago(2) }, ingested: ago(2) },
  ],
])('nothing is told of %s', (_, row) => {
  expect(fires({ findings: [row], activity: [activity()] })).toEqual([]);
});

describe('as Steward itself tells it', () => {
  /** The answer of the rule, two minutes after the rows of the whole line. */
  const told = async (before: typeof zone, after: typeof zone) => {
    const world = memoryWorld(before, { remediate: [] });
    const event = () =>
      ({ scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt: world.now() }) as const;
    await judge(world, event());
    world.azure.resources = after;
    world.pass(120_000);
    await judge(world, { ...event(), eventAt: world.now() });
    const findings = world.rows.map((row) => ({ row }));
    const now = new Date(Date.parse(world.now()) + 120_000).toISOString();
    return run(queryOf(rule), { schema: workspace, rows: { StewardFindings_CL: findings }, now }).rows;
  };

  test('a log that was switched off is told', async () => {
    expect(await told(zone, zoneWith(having(log, { enabled: false })))).toHaveLength(1);
  });

  test('a log that was deleted is told', async () => {
    expect(await told(zone, zoneWithout(logId))).toHaveLength(1);
  });

  test('a log that keeps flows for too short is another matter', async () => {
    const short = having(log, { retentionPolicy: { days: 7, enabled: true } });
    expect(await told(zone, zoneWith(short))).toEqual([]);
  });

  test('and so is a network that was wrong from the first look', async () => {
    const wrong = zoneWith(having(log, { enabled: false }));
    expect(await told(wrong, wrong)).toEqual([]);
  });
});
