import type { Finding, FindingState } from '../../shared/core/finding';
import type { Verdict } from '../../shared/core/verdict';
import { findingIdOf, nextFinding } from '../../shared/pipeline/report';
import { findingsTable } from '../../shared/core/tables';
import { networkId } from '../controls/landing-zone';

const control = { id: 'flow-logs', title: 'Everything is logged', severity: 'high' } as const;
const at = (minute: number): string => `2026-03-01T08:${String(minute).padStart(2, '0')}:00.000Z`;

const verdicts: Readonly<Record<Verdict['state'], Verdict>> = {
  compliant: { state: 'compliant', reason: 'right' },
  violation: {
    state: 'violation',
    problems: [
      { severity: 'medium', reason: 'wrong' },
      { severity: 'low', reason: 'ugly' },
    ],
  },
  unknown: { state: 'unknown', reason: 'no answer' },
  notApplicable: { state: 'notApplicable', reason: 'nothing to do with it' },
  exempt: { state: 'exempt', reason: 'exempt until 2026-06-30; otherwise: wrong', exemption: 'e', otherwise: 'wrong' },
};

/** The finding after verdicts of these states, a minute apart, and the rows that went out. */
function after(...states: readonly Verdict['state'][]): {
  readonly finding: Finding;
  readonly rows: readonly string[];
} {
  let finding: Finding | undefined;
  const rows: string[] = [];
  states.forEach((state, minute) => {
    const hops = { seen: at(minute), decided: at(minute), ...(minute === 0 && { event: at(0) }) };
    const change = nextFinding(finding, {
      control,
      resourceId: networkId,
      verdict: verdicts[state],
      hops,
      remedy: '',
      lookedAt: [],
      asOf: at(minute),
    });
    finding = change.finding;
    rows.push(...change.announcements.map(({ row }) => `${row['PreviousState'] ?? 'new'}>${row['FindingState']}`));
  });
  return { finding: finding!, rows };
}

test.each<[string, readonly Verdict['state'][], FindingState, readonly string[]]>([
  ['right from the beginning is told to nobody', ['compliant', 'compliant'], 'compliant', []],
  ['not applicable is told to nobody', ['notApplicable'], 'notApplicable', []],
  ['a violation is told once', ['violation', 'violation', 'violation'], 'open', ['new>open']],
  [
    'put right is resolved, and stays so',
    ['violation', 'compliant', 'compliant'],
    'resolved',
    ['new>open', 'open>resolved'],
  ],
  [
    'wrong again is open again',
    ['violation', 'compliant', 'violation'],
    'open',
    ['new>open', 'open>resolved', 'resolved>open'],
  ],
  ['right and then wrong is open', ['compliant', 'violation'], 'open', ['compliant>open']],
  ['unknown is told', ['unknown', 'unknown'], 'unknown', ['new>unknown']],
  [
    'unknown after open is told, and so is the way back',
    ['violation', 'unknown', 'violation'],
    'open',
    ['new>open', 'open>unknown', 'unknown>open'],
  ],
  ['unknown and then right is resolved', ['unknown', 'compliant'], 'resolved', ['new>unknown', 'unknown>resolved']],
  [
    'open and then not applicable is told',
    ['violation', 'notApplicable'],
    'notApplicable',
    ['new>open', 'open>notApplicable'],
  ],
  ['exempt from the beginning is told to nobody', ['exempt', 'exempt'], 'exempt', []],
  ['exempt and then right is compliant', ['exempt', 'compliant'], 'compliant', []],
  [
    'an exemption that begins and ends is told both times',
    ['violation', 'exempt', 'exempt', 'violation'],
    'open',
    ['new>open', 'open>exempt', 'exempt>open'],
  ],
])('%s', (_, states, state, rows) => {
  const result = after(...states);
  expect(result.finding.state).toBe(state);
  expect(result.rows).toEqual(rows);
});

test('an episode lasts from its first violation to the proof, also across unknown', () => {
  const { finding } = after('compliant', 'violation', 'unknown', 'violation', 'compliant');
  expect(finding).toMatchObject({ firstSeen: at(1), lastSeen: at(4) });
});

test('a new episode begins anew', () => {
  const { finding } = after('violation', 'compliant', 'violation');
  expect(finding.firstSeen).toBe(at(2));
  expect(finding.hops).not.toHaveProperty('event');
});

test('the time to compliance counts from the event and is not counted again', () => {
  expect(after('violation', 'violation', 'compliant').finding.timeToCompliance).toBe(120_000);
  expect(after('violation', 'violation', 'compliant', 'compliant').finding.timeToCompliance).toBe(120_000);
});

test('the severity is that of the worst problem, and the reason names all', () => {
  expect(after('violation').finding).toMatchObject({ severity: 'medium', reason: 'wrong; ugly' });
});

test('the same control and resource have the same id in any spelling, others another', () => {
  expect(findingIdOf('flow-logs', networkId.toUpperCase())).toBe(findingIdOf('flow-logs', networkId));
  expect(findingIdOf('flow-logs', `${networkId}2`)).not.toBe(findingIdOf('flow-logs', networkId));
  expect(findingIdOf('other', networkId)).not.toBe(findingIdOf('flow-logs', networkId));
});

describe('a row for Sentinel', () => {
  const [row] = [
    nextFinding(undefined, {
      control,
      resourceId: networkId,
      verdict: verdicts.violation,
      hops: { event: at(0), seen: at(1), decided: at(2) },
      remedy: '',
      lookedAt: [],
      asOf: at(1),
    }),
  ].flatMap(({ announcements }) => announcements.map((announcement) => announcement.row));

  test('has exactly the declared columns', () => {
    expect(Object.keys(row ?? {}).toSorted()).toEqual(Object.keys(findingsTable.columns).toSorted());
  });

  test('avoids reserved columns and names that are too long (Azure Monitor: tables)', () => {
    const reserved = ['_ResourceId', 'id', '_SubscriptionId', 'TenantId', 'Type', 'UniqueId', 'Title'];
    for (const name of Object.keys(findingsTable.columns)) {
      expect(reserved).not.toContain(name);
      expect(name).toMatch(/^[A-Za-z]\w{0,44}$/);
    }
  });

  test('keeps the real times in columns of their own', () => {
    expect(row).toMatchObject({
      EventAt: at(0),
      SeenAt: at(1),
      DecidedAt: at(2),
      FirstSeenAt: at(1),
      ConfirmedAt: null,
    });
  });

  test('is cut with a note before ingestion would cut it silently', () => {
    const long: Verdict = { state: 'unknown', reason: 'x'.repeat(100_000) };
    const { announcements } = nextFinding(undefined, {
      control,
      resourceId: networkId,
      verdict: long,
      hops: { seen: at(0), decided: at(0) },
      remedy: '',
      lookedAt: [],
      asOf: at(0),
    });
    const reason = String(announcements[0]?.row['Reason']);
    expect(reason.length).toBeLessThan(32_000);
    expect(reason).toMatch(/92000 characters more\)$/);
  });
});

test('a row has the time of its own decision, not that of a write before it in the same episode', () => {
  const judged = { control, resourceId: networkId, remedy: '', lookedAt: [], asOf: at(0) };
  const written = { seen: at(0), decided: at(1), written: at(1), confirmed: at(1) };
  const first = nextFinding(undefined, { ...judged, verdict: verdicts.violation, hops: written });
  const hops = { seen: at(9), decided: at(9) };
  const second = nextFinding(first.finding, { ...judged, verdict: verdicts.compliant, hops });
  expect(second.announcements.map(({ row }) => row['TimeGenerated'])).toEqual([at(9)]);
});

describe('how a remedy ended', () => {
  const told = (previous: Finding | undefined, state: 'violation' | 'compliant', remedyState?: 'done' | 'failed') =>
    nextFinding(previous, {
      control,
      resourceId: networkId,
      verdict: verdicts[state],
      hops: { seen: at(1), decided: at(2) },
      remedy: remedyState === undefined ? '' : 'what was done',
      ...(remedyState !== undefined && { remedyState }),
      lookedAt: [],
      asOf: at(1),
    });
  const rowsOf = ({ announcements }: ReturnType<typeof told>) =>
    announcements.map(({ row }) => `${row['RowKind']} ${row['FindingState']} ${row['RemedyState'] ?? '-'}`);
  const open = told(undefined, 'violation');
  const failed = told(open.finding, 'violation', 'failed');

  test('that one has failed is told at once, though nothing else has changed', () => {
    expect(rowsOf(open)).toEqual(['transition open -']);
    expect(rowsOf(failed)).toEqual(['remedy open failed']);
  });

  test('that it failed again is not told again, nor that it is tried again', () => {
    expect(rowsOf(told(failed.finding, 'violation', 'failed'))).toEqual([]);
    expect(rowsOf(told(failed.finding, 'violation'))).toEqual([]);
    expect(told(failed.finding, 'violation').finding.remedyState).toBe('failed');
  });

  test('what succeeded is told with the change of state that it brought', () => {
    expect(rowsOf(told(failed.finding, 'compliant', 'done'))).toEqual(['transition resolved done']);
  });

  test('what somebody else put right was not put right by a remedy', () => {
    expect(rowsOf(told(failed.finding, 'compliant'))).toEqual(['transition resolved -']);
  });

  test('of what was right already it says nothing', () => {
    const right = told(undefined, 'compliant');
    expect(rowsOf(told(right.finding, 'compliant', 'done'))).toEqual([]);
  });

  test('rows about one finding are ordered by their own time', () => {
    const times = [open, failed].flatMap(({ announcements }) => announcements.map(({ row }) => row['AnnouncedAt']));
    expect(times).toEqual([at(2), at(2).replace('.000Z', '.001Z')]);
  });
});
