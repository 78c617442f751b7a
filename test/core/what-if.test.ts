import fc from 'fast-check';
import { differences } from '../../shared/core/compare';
import type { Action, Body } from '../../shared/core/control';
import type { Json, Resource } from '../../shared/core/resource';
import { differencesOf, lineOf, valueAt, type FieldDifference } from '../../shared/core/what-if';
import { having } from '../given';
import { account, accountId, log, logId } from '../controls/landing-zone';

/** What a write of this body over that resource would change. */
function changes(body: Body, before?: Resource, more: Partial<Action> = {}): readonly FieldDifference[] {
  return differencesOf({ id: logId, body, ...(before && { before }), summary: '', permission: '', ...more });
}

const bodyOf = (properties: unknown): Body => ({ properties: properties as Record<string, Json> });
const resourceOf = (properties: unknown): Resource => ({ ...log, properties });
const between = (before: unknown, after: unknown): readonly FieldDifference[] =>
  changes(bodyOf(after), resourceOf(before));

describe('a write shows', () => {
  test('a field that it changes, with both values', () => {
    expect(changes(bodyOf({ enabled: true }), having(log, { enabled: false }))).toEqual([
      { path: 'properties.enabled', before: false, after: true },
    ]);
  });

  test('a field that it adds, and all fields of what it creates', () => {
    expect(between({}, { days: 7 })).toEqual([{ path: 'properties.days', after: 7 }]);
    expect(changes({ location: 'eastus2', tags: { owner: 'a' }, properties: { on: true } })).toEqual([
      { path: 'location', after: 'eastus2' },
      { path: 'tags.owner', after: 'a' },
      { path: 'properties.on', after: true },
    ]);
  });

  test('a field in fields, by its path', () => {
    expect(between({ retentionPolicy: { days: 7, enabled: true } }, { retentionPolicy: { days: 90 } })).toEqual([
      { path: 'properties.retentionPolicy.days', before: 7, after: 90 },
    ]);
  });

  test.each([
    ['without', { without: ['properties.recordTypes'] }],
    ['drops', { drops: ['properties.recordTypes'] }],
    ['both', { without: ['properties.recordTypes'], drops: ['properties.recordTypes'] }],
  ])('a field that it takes away (%s), once', (_, more) => {
    expect(changes(bodyOf({}), having(log, { recordTypes: 'B,E' }), more)).toEqual([
      { path: 'properties.recordTypes', before: 'B,E' },
    ]);
  });

  test('an element of a list by its name, and only what differs in it', () => {
    const rule = (name: string, days: number): Json => ({ name, enabled: true, delete: { days } });
    const before = { rules: [rule('archive', 30), rule('old', 1), rule('logs', 7)] };
    expect(between(before, { rules: [rule('logs', 90), rule('archive', 30), rule('new', 2)] })).toEqual([
      { path: 'properties.rules[logs].delete.days', before: 7, after: 90 },
      { path: 'properties.rules[new].name', after: 'new' },
      { path: 'properties.rules[new].enabled', after: true },
      { path: 'properties.rules[new].delete.days', after: 2 },
      { path: 'properties.rules[old]', before: rule('old', 1) },
    ]);
  });

  test.each<[string, Json, Json]>([
    ['longer', ['a'], ['a', 'b']],
    ['shorter', ['a', 'b'], ['a']],
    ['empty', ['a'], []],
    ['in another order', ['a', 'b'], ['b', 'a']],
  ])('a list without names as a whole: %s', (_, before, after) => {
    expect(between({ list: before }, { list: after })).toEqual([{ path: 'properties.list', before, after }]);
  });

  test('a field that has become of another kind, and one that is empty fields now', () => {
    expect(between({ a: 'x' }, { a: { b: 1 } })).toEqual([{ path: 'properties.a.b', after: 1 }]);
    expect(between({ a: { b: 1 } }, { a: 'x' })).toEqual([{ path: 'properties.a', before: { b: 1 }, after: 'x' }]);
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [accountId]: {} } };
    expect(changes({ identity }, { ...log, identity: { type: 'UserAssigned' } })).toEqual([
      { path: `identity.userAssignedIdentities.${accountId}`, after: {} },
    ]);
  });
});

describe('a write shows nothing', () => {
  test.each<[string, Body, Resource]>([
    ['when it writes what is there', bodyOf(log.properties), log],
    ['for what it does not name', bodyOf({ enabled: true }), log],
    ['for an id in other letters', bodyOf({ storageId: accountId.toUpperCase() }), log],
    ['for a region that is spelled otherwise', { location: 'West Europe' }, log],
    ['for what Azure adds to an element', bodyOf({ list: [{ a: 1 }] }), resourceOf({ list: [{ a: 1, etag: 'x' }] })],
    ['for fields in another order', bodyOf({ list: [{ a: 1, b: 2 }] }), resourceOf({ list: [{ b: 2, a: 1 }] })],
    ['for nothing instead of nothing', bodyOf({ a: null, b: [], c: undefined }), resourceOf({})],
    [
      'for an identity that is spelled otherwise',
      { identity: { userAssignedIdentities: { [accountId.toUpperCase()]: {} } } },
      { ...log, identity: { userAssignedIdentities: { [accountId]: { principalId: 'p' } } } },
    ],
  ])('%s', (_, body, before) => {
    expect(changes(body, before)).toEqual([]);
  });

  test.each<[string, Json | undefined]>([
    ['is not there', undefined],
    ['is null', null],
    ['is empty', ''],
  ])('for a field to be taken away that %s', (_, value) => {
    expect(changes(bodyOf({}), having(log, { recordTypes: value }), { drops: ['properties.recordTypes'] })).toEqual([]);
  });
});

describe('what looks like a secret is masked on both sides', () => {
  const [old, young] = ['hunter-2-old', 'hunter-2-new'];

  test.each<[string, (value: string) => Json]>([
    ['by its field', (value) => ({ adminPassword: value })],
    ['whatever the field before it', (value) => ({ profile: { clientSecret: value } })],
    ['in fields', (value) => ({ credential: { value, user: 'x' } })],
    ['in a list', (value) => ({ accessKeys: [value] })],
    ['in an element of a list without names', (value) => ({ list: [{ connectionString: value }] })],
    ['by the name of its element', (value) => ({ appSettings: [{ name: 'DB_PASSWORD', value }] })],
    ['by the name of an element that has a point in it', (value) => ({ settings: [{ name: 'db.password', value }] })],
    ['by the name of an element deeper down', (value) => ({ list: [{ env: [{ name: 'API_TOKEN', value }] }] })],
    ['in what an element becomes', (value) => ({ list: [{ sas: value, on: true }, 1] })],
  ])('%s', (_, of) => {
    const text = JSON.stringify([between(of(old), of(young)), between({}, of(young)), between(of(old), { list: [] })]);
    expect(text).not.toMatch(/hunter/);
    expect(text).toContain('***');
  });

  test('also when it is taken away', () => {
    const before = resourceOf({ storageKey: old, nested: { token: old }, rules: [{ name: 'a', secret: old }] });
    const body = bodyOf({ rules: [{ name: 'b' }] });
    const found = changes(body, before, { drops: ['properties.storageKey', 'properties.nested'] });
    expect(JSON.stringify(found)).not.toMatch(/hunter/);
    expect(found.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['properties.storageKey', 'properties.nested', 'properties.rules[a]']),
    );
  });

  test('and an account’s flags and a flow log’s fields are not', () => {
    const line = changes(bodyOf({ ...account.properties, ...log.properties })).map(lineOf);
    expect(line.join('\n')).not.toContain('***');
  });
});

test.each<[FieldDifference, string]>([
  [{ path: 'a.b', before: false, after: true }, 'a.b: false → true'],
  [{ path: 'a', after: 'x' }, 'a: nothing → "x"'],
  [{ path: 'a', before: ['x'] }, 'a: ["x"] → nothing'],
])('%j is one line', (difference, line) => {
  expect(lineOf(difference)).toBe(line);
});

describe('whatever is written', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constantFrom('x', 'y', '/a/B', '/a/b'));
  const { fields } = fc.letrec<{ fields: Record<string, unknown>; value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      tie('fields'),
      fc.array(leaf, { minLength: 1, maxLength: 3 }),
      fc
        .uniqueArray(fc.record({ name, inner: leaf, more: tie('fields') }, { requiredKeys: ['name'] }), {
          selector: (item) => item.name,
          minLength: 1,
          maxLength: 3,
        })
        .map((items) => items as unknown[]),
    ),
    fields: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 3 }),
  }));

  test('the differences made on what was there give what was wanted', () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        const found = between(before, after);
        const made = found.reduce<Json>((value, difference) => put(value, difference), before as Json);
        expect(differences(after, made)).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('each difference is one, and tells what was there', () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        for (const { path, before: was, after: is } of between(before, after)) {
          expect(was).toEqual(read(before as Json, path));
          expect(is).not.toEqual(was);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('writing what is there differs in nothing', () => {
    fc.assert(fc.property(fields, (same) => expect(between(same, structuredClone(same))).toEqual([])));
  });
});

/** `properties.a[b].c` as `a`, `[b]`, `c`. */
const stepsOf = (path: string): readonly string[] => path.match(/\[[^\]]+\]|[^.[\]]+/g)!.slice(1);
const isNamed = (name: string) => (item: Json) => valueAt(item, 'name') === name;

function read(value: Json | undefined, path: string): Json | undefined {
  return stepsOf(path).reduce<Json | undefined>((found, step) => {
    if (!step.startsWith('[')) return valueAt(found, step) as Json | undefined;
    return Array.isArray(found) ? (found as Json[]).find(isNamed(step.slice(1, -1))) : undefined;
  }, value);
}

function put(value: Json, { path, after }: FieldDifference): Json {
  return placed(value, stepsOf(path), after) ?? null;
}

function placed(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  after: Json | undefined,
): Json | undefined {
  if (step === undefined) return after;
  if (step.startsWith('[')) {
    const name = step.slice(1, -1);
    const items = Array.isArray(value)
      ? ([...value] as Json[]).filter((item) => valueAt(item, 'name') !== undefined)
      : [];
    const inner = placed(items.find(isNamed(name)), rest, after);
    return [...items.filter((item) => !isNamed(name)(item)), ...(inner === undefined ? [] : [inner])];
  }
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  const inner = placed((fields as Record<string, Json>)[step], rest, after);
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== step));
  return inner === undefined ? others : { ...others, [step]: inner };
}
