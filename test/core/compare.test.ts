import { differences, merged } from '../../shared/core/compare';
import { subscription } from '../given';

const paths = (wanted: unknown, found: unknown): readonly string[] =>
  differences(wanted, found).map(({ path }) => path);

describe('nothing differs', () => {
  const id = `${subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st`;
  test.each<[string, unknown, unknown]>([
    ['when both are the same', { a: { b: [1, 'x', true, null] } }, { a: { b: [1, 'x', true, null] } }],
    ['when only what was found has a field', { a: 1 }, { a: 1, provisioningState: 'Succeeded' }],
    ['when only what was found has another element of a list', { rules: ['a'] }, { rules: ['a', 'b'] }],
    ['when a wanted field is undefined', { a: 1, b: undefined }, { a: 1 }],
    [
      'when named elements come in another order',
      [{ name: 'a', x: 1 }, { name: 'b' }],
      [{ name: 'b' }, { name: 'a', x: 1 }],
    ],
    ['when an id is in another case', { storageId: id }, { storageId: id.toUpperCase() }],
    ['when ids of a list are in another case', [id], [id.toLowerCase()]],
    ['when a region is spelled another way', { location: 'westeurope' }, { location: 'West Europe' }],
    [
      'when a nested region is spelled another way',
      { a: { workspaceRegion: 'East US' } },
      { a: { workspaceRegion: 'eastus' } },
    ],
    ['when nothing is wanted of a list', { rules: [] }, {}],
  ])('%s', (_, wanted, found) => {
    expect(differences(wanted, found)).toEqual([]);
  });
});

describe('it differs', () => {
  test.each<[string, unknown, unknown, readonly string[]]>([
    ['when a value is another one', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    ['when a number comes as text', { days: 90 }, { days: '90' }, ['days']],
    ['when nothing was found at all', { a: { b: 1 }, c: [2] }, undefined, ['a.b', 'c[0]']],
    ['when a value is where an object should be', { a: { b: 1 } }, { a: 'x' }, ['a.b']],
    ['when a value is where a list should be', { a: [1, 2] }, { a: 'x' }, ['a[0]', 'a[1]']],
    ['when a text is in another case', { type: 'JSON' }, { type: 'json' }, ['type']],
    [
      'when an id names something else',
      { id: `${subscription}/resourceGroups/a` },
      { id: `${subscription}/resourceGroups/b` },
      ['id'],
    ],
    ['when a region is another one', { location: 'eastus' }, { location: 'eastus2' }, ['location']],
    [
      'when a field that only ends like a region differs',
      { relocation: 'East US' },
      { relocation: 'eastus' },
      ['relocation'],
    ],
    [
      'when a named element is gone',
      [
        { name: 'a', x: 1 },
        { name: 'b', x: 2 },
      ],
      [{ name: 'b', x: 2 }],
      ['[a].name', '[a].x'],
    ],
    [
      'when a field of a named element differs',
      { rules: [{ name: 'a', x: 1 }] },
      { rules: [{ name: 'z' }, { name: 'a', x: 2 }] },
      ['rules[a].x'],
    ],
    ['when an element without a name has moved', { a: ['x', 'y'] }, { a: ['y', 'x'] }, ['a[0]', 'a[1]']],
    ['when a list is shorter', { a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }] }, ['a[1].x']],
    ['when false was wanted and nothing found', { enabled: false }, {}, ['enabled']],
    ['when null was wanted and a value found', { a: null }, { a: 1 }, ['a']],
  ])('%s', (_, wanted, found, expected) => {
    expect(paths(wanted, found)).toEqual(expected);
  });

  test('when a wanted object without fields is gone, as an identity that was assigned', () => {
    const identity = `${subscription}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
    expect(paths({ userAssignedIdentities: { [identity]: {} } }, { userAssignedIdentities: {} })).toHaveLength(1);
  });

  test('in what was wanted and what was found', () => {
    expect(differences({ a: { days: 90, on: true } }, { a: { days: 7 } })).toEqual([
      { path: 'a.days', wanted: '90', found: '7' },
      { path: 'a.on', wanted: 'true', found: 'nothing' },
    ]);
  });
});

describe('what was kept is put back', () => {
  test.each<[string, unknown, unknown, unknown]>([
    ['into what has lost it', { a: 1 }, { b: { c: 2 } }, { a: 1, b: { c: 2 } }],
    ['over what has replaced it', { a: 1, b: 'new' }, { a: 2 }, { a: 2, b: 'new' }],
    ['into nothing', undefined, { a: [1] }, { a: [1] }],
    ['into a value that has taken its place', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
    [
      'into a list, beside the elements that are new, by name',
      {
        rules: [
          { name: 'new', x: 1 },
          { name: 'mine', x: 'changed' },
        ],
      },
      { rules: [{ name: 'mine', x: 'mine' }, { name: 'lost' }] },
      { rules: [{ name: 'new', x: 1 }, { name: 'mine', x: 'mine' }, { name: 'lost' }] },
    ],
    ['into a list without names as a whole', { a: ['x'] }, { a: ['y', 'z'] }, { a: ['y', 'z'] }],
    ['and an empty list takes nothing away', { a: [{ name: 'new' }] }, { a: [] }, { a: [{ name: 'new' }] }],
  ])('%s', (_, found, kept, expected) => {
    expect(merged(found, kept)).toEqual(expected);
  });

  test('so that nothing of it differs afterwards', () => {
    const kept = {
      policy: {
        rules: [
          { name: 'a', on: true },
          { name: 'b', days: [1, 2] },
        ],
      },
    };
    const found = { policy: { rules: [{ name: 'b', days: [3] }, { name: 'c' }] }, lastModifiedTime: 'now' };
    expect(differences(kept, found)).not.toEqual([]);
    expect(differences(kept, merged(found, kept))).toEqual([]);
  });

  test('without changing what was found', () => {
    const found = { rules: [{ name: 'a', x: 1 }] };
    merged(found, { rules: [{ name: 'a', x: 2 }] });
    expect(found).toEqual({ rules: [{ name: 'a', x: 1 }] });
  });
});
