import { arrays, cluster, holds, judged, problemsOf, sentences, valueOf } from './given';

const on = { resource: arrays };
const T = 'Microsoft.Test/resourceType';

test.each([
  ['missingArray', ''],
  ['missingArray[*]', []],
  ['missingArray[*].property', []],
  ['stringArray', ['a', 'b', 'c']],
  ['stringArray[*]', ['a', 'b', 'c']],
  ['objectArray[*].property', ['value1', 'value2']],
  [
    'objectArray[*].nestedArray',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['objectArray[*].nestedArray[*]', [1, 2, 3, 4]],
])('field(%s) gives %j', (alias, expected) => {
  expect(valueOf(`field('${T}/${alias}')`, on)).toEqual(expected);
});

test.each([
  ['all members must be equal', { field: `${T}/stringArray[*]`, equals: 'a' }, false],
  ['all members are other than', { field: `${T}/stringArray[*]`, notEquals: 'z' }, true],
  ['one member is equal', { not: { field: `${T}/stringArray[*]`, notEquals: 'b' } }, true],
  ['a missing array satisfies everything', { field: `${T}/missingArray[*]`, equals: 'a' }, true],
  ['a missing array satisfies even exists', { field: `${T}/missingArray[*].x`, exists: true }, true],
  ['an array is never equal to a text', { field: `${T}/stringArray`, equals: 'a' }, false],
  ['an array contains a member', { field: `${T}/stringArray`, contains: 'B' }, true],
  ['a member without the property counts as missing', { field: `${T}/objectArray[*].nothing`, exists: false }, true],
  ['nested members are flattened', { field: `${T}/objectArray[*].nestedArray[*]`, lessOrEquals: 4 }, true],
  ['nested members are flattened, one fails', { field: `${T}/objectArray[*].nestedArray[*]`, less: 4 }, false],
])('%s', (_, condition, expected) => {
  expect(holds(condition, on)).toBe(expected);
});

test.each([
  ['every member', { field: `${T}/stringArray[*]` }, 3],
  ['none of a missing array', { field: `${T}/missingArray[*]` }, 0],
  ['all nested members', { field: `${T}/objectArray[*].nestedArray[*]` }, 4],
  ['members that match', { field: `${T}/stringArray[*]`, where: { field: `${T}/stringArray[*]`, in: ['a', 'c'] } }, 2],
  [
    'by a property of the member',
    { field: `${T}/objectArray[*]`, where: { field: `${T}/objectArray[*].property`, equals: 'VALUE1' } },
    1,
  ],
  [
    'a deeper array is a collection again',
    { field: `${T}/objectArray[*]`, where: { field: `${T}/objectArray[*].nestedArray[*]`, greater: 2 } },
    1,
  ],
  [
    'an outer prefix is the outer member',
    { field: `${T}/objectArray[*].nestedArray[*]`, where: { field: `${T}/objectArray[*].property`, equals: 'value2' } },
    2,
  ],
  ['other fields see the whole resource', { field: `${T}/stringArray[*]`, where: { field: 'name', equals: 'r1' } }, 3],
  [
    'field() of the member is an array of one',
    {
      field: `${T}/stringArray[*]`,
      where: { value: `[equals(length(field('${T}/stringArray[*]')), 1)]`, equals: true },
    },
    3,
  ],
  [
    'current() of the member is bare',
    { field: `${T}/objectArray[*]`, where: { value: `[current('${T}/objectArray[*].property')]`, equals: 'value2' } },
    1,
  ],
  [
    'current() without a name is the innermost',
    { field: `${T}/stringArray[*]`, where: { value: '[current()]', equals: 'b' } },
    1,
  ],
  ['a list of values', { value: ['a', 'b'] }, 2],
  ['values by name', { value: ['a', 'b', 'z'], name: 'x', where: { value: "[current('X')]", in: ['a', 'b'] } }, 2],
  ['values without a name', { value: [1, 2, 3], where: { value: "[current('default')]", greater: 1 } }, 2],
  ['objects', { value: [{ p: 1 }, { p: 2 }], name: 'o', where: { value: "[current('o').p]", equals: 2 } }, 1],
  [
    'nested: values around members',
    {
      value: ['a', 'z'],
      name: 'x',
      where: {
        count: { field: `${T}/stringArray[*]`, where: { field: `${T}/stringArray[*]`, equals: "[current('x')]" } },
        greater: 0,
      },
    },
    1,
  ],
  [
    'nested: members around their own members',
    {
      field: `${T}/objectArray[*]`,
      where: {
        count: {
          field: `${T}/objectArray[*].nestedArray[*]`,
          where: { field: `${T}/objectArray[*].nestedArray[*]`, greater: 2 },
        },
        equals: 2,
      },
    },
    1,
  ],
  [
    'nested: the same array again is the member alone',
    { field: `${T}/stringArray[*]`, where: { count: { field: `${T}/stringArray[*]` }, equals: 1 } },
    3,
  ],
])('a count counts %s', (_, count, expected) => {
  expect(holds({ count, equals: expected }, on)).toBe(true);
});

test.each([
  ['a text', { value: 'a' }],
  ['more than a hundred rounds', { value: '[range(0, 101)]', where: { value: '[current()]', equals: 1 } }],
  [
    'a hundred rounds, nested',
    {
      value: '[range(0, 11)]',
      where: { count: { value: '[range(0, 10)]', where: { value: 1, equals: 1 } }, equals: 0 },
    },
  ],
])('a count of values fails for %s', (_, count) => {
  expect(holds({ count, equals: 1 })).toMatch(/^evaluation-failed/);
});

test('a long list of values may be counted when there is nothing to ask', () => {
  expect(holds({ count: { value: '[range(0, 500)]' }, equals: 500 })).toBe(true);
});

test('a count with unknown members is known when they do not matter', () => {
  const where = {
    anyOf: [
      { field: `${T}/stringArray[*]`, equals: 'a' },
      { field: 'Microsoft.X/unknown/a', equals: 1 },
    ],
  };
  const aliases = (alias: string) =>
    alias.includes('unknown') ? undefined : { steps: [...steps(alias)], via: 'table' as const };
  const count = { field: `${T}/stringArray[*]`, where };
  expect(holds({ count, greaterOrEquals: 1 }, { ...on, aliases })).toBe(true);
  expect(holds({ count, greater: 3 }, { ...on, aliases })).toBe(false);
  expect(holds({ count, equals: 2 }, { ...on, aliases })).toMatch(/^alias-unknown/);
});

const steps = (alias: string) => [
  { kind: 'name', name: 'properties', lower: 'properties' } as const,
  { kind: 'name', name: alias.slice(T.length + 1, -3), lower: alias.slice(T.length + 1, -3).toLowerCase() } as const,
  { kind: 'each' } as const,
];

test('the reason for a count tells the number and what the members are', () => {
  const A = 'Microsoft.ContainerService/managedClusters/agentPoolProfiles[*]';
  const condition = {
    count: { field: A, where: { field: `${A}.enableEncryptionAtHost`, notEquals: true } },
    greater: 0,
  };
  expect(sentences(judged(condition))).toEqual([
    `the number of ${A} that match is 1; it must be at most 0`,
    `user: ${A}.enableEncryptionAtHost is missing; it must be true`,
  ]);
});

test('the reason for a collection shows the values that decide', () => {
  const A = 'Microsoft.ContainerService/managedClusters/agentPoolProfiles[*].count';
  expect(sentences(judged({ not: { field: A, less: 4 } }))).toEqual([`${A} is 5; it must be less than 4`]);
  expect(cluster.properties.agentPoolProfiles).toHaveLength(2);
});

test.each([
  [{ count: {}, equals: 0 }, 'if.count: count needs exactly one of field and value'],
  [{ count: { field: 'a[*]', value: [] }, equals: 0 }, 'if.count: count needs exactly one of field and value'],
  [{ count: { field: 'a' }, equals: 0 }, 'if.count.field: the field of a count contains [*]'],
  [{ count: { field: 'a[*]', name: 'x' }, equals: 0 }, 'if.count.name: only a count of a value has a name'],
  [{ count: { value: [], name: 1 }, equals: 0 }, 'if.count.name: the name of a count is a text'],
  [{ count: { value: [], sort: 1 }, equals: 0 }, 'if.count.sort: count has no sort'],
  [{ count: [], equals: 0 }, 'if.count: count needs an object'],
])('%j is refused', (condition, problem) => {
  expect(problemsOf(condition)).toEqual([problem]);
});
