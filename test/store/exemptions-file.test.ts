import fc from 'fast-check';
import { exemptionFor, type Exemption } from '../../shared/core/exemption';
import { mostEntries, parseExemptionsFile } from '../../shared/store/exemptions-file';
import { networkId } from '../controls/landing-zone';
import { subscription } from '../given';

const rules = { now: '2026-03-01T08:00:00.000Z', controlIds: ['flow-logs', 'assigned-policies'] };
const good = {
  scope: networkId,
  control: 'flow-logs',
  owner: 'network team',
  reason: 'it moves in June',
  expires: '2026-06-30',
};
type Entry = Readonly<Record<string, unknown>>;

const file = (...exemptions: readonly unknown[]): string => JSON.stringify({ version: 1, exemptions });
const without = (name: keyof typeof good): Entry =>
  Object.fromEntries(Object.entries(good).filter(([field]) => field !== name));

const isExempted = (text: string): boolean =>
  exemptionFor(parseExemptionsFile(text, rules), 'flow-logs', { id: networkId }, rules.now) !== undefined;

test('an entry with scope, control, owner, reason and expiry exempts until the end of its last day', () => {
  expect(parseExemptionsFile(file(good), rules)).toEqual({
    exemptions: [
      {
        key: `file|${networkId.toLowerCase()}|flow-logs`,
        title: 'Exemption of vnet-spoke from flow-logs',
        source: 'file',
        scope: networkId,
        controls: ['flow-logs'],
        owner: 'network team',
        reason: 'it moves in June',
        expires: '2026-06-30T23:59:59.999Z',
      },
    ],
    invalid: [],
    unreadable: [],
  });
});

test('a file without entries exempts nothing and is readable', () => {
  expect(parseExemptionsFile(file(), rules)).toEqual({ exemptions: [], invalid: [], unreadable: [] });
});

describe('an entry is invalid, is named with its field, and the others count,', () => {
  test.each<[string, unknown, RegExp]>([
    ['without an owner', without('owner'), /^owner is missing; a text is needed$/],
    ['with a blank owner', { ...good, owner: ' \t' }, /^owner is wrong; a text is needed$/],
    ['without a reason', without('reason'), /^reason is missing/],
    ['without an expiry', without('expires'), /^expires is missing; a day, as "2027-03-31", is needed$/],
    ['with an expiry that is null', { ...good, expires: null }, /^expires is wrong; a day/],
    ['that expires never', { ...good, expires: 'never' }, /^expires is wrong; a day/],
    ['that expires on a day that is none', { ...good, expires: '2026-02-30' }, /^expires is wrong; a day/],
    ['with more than a year', { ...good, expires: '2028-01-01' }, /more than a year from now/],
    ['without a control', without('control'), /^control is missing/],
    ['of an unknown control', { ...good, control: 'flow_logs' }, /^control "flow_logs" is not known/],
    ['of all controls at once', { ...good, control: '*' }, /^control "\*" is not known/],
    ['without a scope', without('scope'), /^scope is missing/],
    ['with several scopes', { ...good, scope: [networkId] }, /^scope is wrong/],
    ['with a pattern as its scope', { ...good, scope: `${subscription}/*` }, /is not allowed/],
    ['with a field that nobody knows', { ...good, until: '2027' }, /fields that nobody knows: until/],
    ['that is a text', networkId, /^the entry is no JSON object$/],
    ['that is nothing', null, /^the entry is no JSON object$/],
  ])('%s', (_, entry, complaint) => {
    const other = { ...good, scope: `${subscription}/resourceGroups/rg-other` };
    const sources = parseExemptionsFile(file(entry, other), rules);
    expect(sources.unreadable).toEqual([]);
    expect(sources.exemptions.map(({ scope }) => scope)).toEqual([other.scope]);
    expect(sources.invalid).toMatchObject([
      {
        key: 'file|entry 1',
        title: expect.stringMatching(/^Entry 1 of the file of exemptions/),
        complaints: [expect.stringMatching(complaint)],
      },
    ]);
  });

  test('when an earlier one is of the same scope and control', () => {
    const twin = { ...good, scope: networkId.toUpperCase(), expires: '2026-12-31' };
    const { exemptions, invalid } = parseExemptionsFile(file(good, twin), rules);
    expect(exemptions.map(({ expires }) => expires.slice(0, 10))).toEqual(['2026-06-30']);
    expect(invalid).toMatchObject([
      { key: 'file|entry 2', complaints: [expect.stringMatching(/^entry 1 is of the same/)] },
    ]);
  });
});

describe('a file is unreadable as a whole', () => {
  test.each<[string, string, RegExp]>([
    ['when it is empty', '', /the file is no JSON object/],
    ['when it is cut off', file(good).slice(0, -5), /the file is no JSON object/],
    ['when it is a list', '[]', /the file is no JSON object/],
    ['when it is null', 'null', /the file is no JSON object/],
    ['without a version', JSON.stringify({ exemptions: [good] }), /version is missing; the number 1 is needed/],
    ['with another version', JSON.stringify({ version: 2, exemptions: [good] }), /version is wrong; the number 1/],
    ['without its list', JSON.stringify({ version: 1 }), /exemptions is missing; a list is needed/],
    [
      'with an object for its list',
      JSON.stringify({ version: 1, exemptions: { good } }),
      /exemptions is wrong; a list/,
    ],
    ['with fields that nobody knows', JSON.stringify({ version: 1, exemptions: [], exempt: [good] }), /knows: exempt/],
    ['with too many entries', file(...Array.from({ length: mostEntries + 1 }, () => good)), /more than 500 entries/],
  ])('%s', (_, text, reason) => {
    expect(parseExemptionsFile(text, rules)).toMatchObject({
      exemptions: [],
      invalid: [],
      unreadable: [{ source: 'file', title: 'The file of exemptions', reason: expect.stringMatching(reason) }],
    });
  });
});

describe('of files that are damaged in any way', () => {
  const whole = file(good);
  /** The text with some of its characters taken away or replaced. */
  const damaged = fc
    .tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 30 }), fc.oneof(fc.constant(''), fc.string(), fc.json()))
    .map(([at, length, instead]) => whole.slice(0, at) + instead + whole.slice(at + length))
    .filter((text) => text !== whole);
  const field = fc.constantFrom(...(Object.keys(good) as (keyof typeof good)[]));
  /** The entry with one field that holds anything else. */
  const strange = fc.tuple(field, fc.jsonValue()).filter(([name, value]) => value !== good[name]);

  const saidIn = (text: string): readonly (typeof good)[] =>
    (JSON.parse(text) as { readonly exemptions: readonly (typeof good)[] }).exemptions;
  /** A damaged text may be another whole file. */
  const says = (entry: typeof good, { scope, controls, owner, reason, expires }: Exemption): boolean =>
    entry.scope === scope &&
    [entry.control, ...controls].every((control) => control === 'flow-logs') &&
    entry.owner.trim() === owner.trim() &&
    entry.reason.trim() === reason.trim() &&
    [owner, reason].every((one) => one.trim() !== '') &&
    expires.startsWith(entry.expires) &&
    expires < '2027-03-03';

  test('each is complained of, and none exempts but what it says in full', () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const sources = parseExemptionsFile(text, rules);
        const isWhole = sources.exemptions.every((one) => saidIn(text).some((entry) => says(entry, one)));
        const count = sources.exemptions.length + sources.invalid.length + sources.unreadable.length;
        const complaints = [
          ...sources.invalid.flatMap((one) => one.complaints),
          ...sources.unreadable.map((one) => one.reason),
        ];
        return (
          isWhole && complaints.every((one) => one.length > 10) && (count > 0 || /"exemptions":\[\s*\]/.test(text))
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['scope', 'control', 'expires'] as const)('none exempts by a %s that holds anything else', (name) => {
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => value !== good[name]),
        (value) => !isExempted(file({ ...good, [name]: value })) || (name === 'scope' && value === subscription),
      ),
      { numRuns: 500 },
    );
  });

  test('a field that holds no text is complained of by its name', () => {
    fc.assert(
      fc.property(
        strange.filter(([, value]) => typeof value !== 'string'),
        ([name, value]) => {
          const { exemptions, invalid } = parseExemptionsFile(file({ ...good, [name]: value }), rules);
          return exemptions.length === 0 && (invalid[0]?.complaints[0] ?? '').startsWith(`${name} is wrong`);
        },
      ),
    );
  });

  test('a hundred files that are anything at all are unreadable', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom('{"__proto__":{"version":1,"exemptions":[]}}', '{}'),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const { exemptions, unreadable } = parseExemptionsFile(text, rules);
        return exemptions.length === 0 && unreadable.length === 1 && unreadable[0]!.reason !== '';
      }),
    );
  });
});
