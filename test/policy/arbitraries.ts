import fc from 'fast-check';
import type { Json, JsonObject } from '../../shared/policy/json';

/**
 * Values for property tests. The seed is fixed, so that a run can be repeated; fast-check prints the smallest value that
 * fails.
 */
export function always<T>(runs: number, arbitrary: fc.Arbitrary<T>, holds: (value: T) => unknown): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      holds(value);
    }),
    { seed: 20_261_123, numRuns: runs },
  );
}

/** Names of what objects inherit: as keys of JSON they are data like any other. */
export const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'] as const;

const TEXTS = ['', 'a', 'A', 'ab', 'b*', '*', '#', '?', '10', 'true', 'Straße', 'STRASSE', '[[x]', '[', ']'] as const;

export const text = fc.oneof(fc.constantFrom(...TEXTS, ...INHERITED), fc.string({ maxLength: 6 }));

export const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1.5, 10),
  fc.integer(),
  text,
);

const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'B', 'name', 'x') }, fc.constantFrom(...INHERITED));

/** An object as `JSON.parse` makes it: every key is its own property, `__proto__` too. */
const objectOf = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries) as JsonObject);

export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    objectOf(tie('value')),
  ),
})).value;

const FIELDS = [
  'fullName',
  'type',
  'kind',
  'id',
  'location',
  'tags',
  'tags.a',
  "tags['B']",
  'tags[__proto__]',
  'tags.constructor',
  '__proto__.a',
  'properties.a',
  'properties.a[*]',
  'properties.a[*].x',
  'properties.B[*].a[*]',
  'Microsoft.A/b/a',
  'Microsoft.A/b/a[*].name',
  "[concat('properties.', 'a')]",
  "[field('name')]",
] as const;

const EXPRESSIONS = [
  "[field('name')]",
  "[field('tags')]",
  "[length(field('properties.a[*]'))]",
  "[concat('a', field('name'))]",
  "[int(field('name'))]",
  '[current()]',
  "[current('properties.a[*]')]",
  "[first(field('properties.a[*]'))]",
  "[parameters('p')]",
  "[parameters('__proto__')]",
  "[union(field('tags'), createObject('__proto__', field('name')))]",
  "[field('tags').constructor]",
  "[tryGet(field('tags'), '__proto__', 'a')]",
  "[if(equals(field('name'), 'a'), field('tags').a, 'b')]",
  "[json(field('name'))]",
  "[split(field('name'), field('kind'))]",
  "[resourceGroup().tags['a']]",
  '[resourceGroup().__proto__]',
  '[requestContext().apiVersion]',
] as const;

const OPERATORS = [
  'equals',
  'notEquals',
  'in',
  'notIn',
  'like',
  'notLike',
  'match',
  'matchInsensitively',
  'contains',
  'notContains',
  'containsKey',
  'less',
  'greater',
  'lessOrEquals',
  'greaterOrEquals',
] as const;

const right = fc.oneof(json, fc.constantFrom<Json>(...EXPRESSIONS), fc.array(scalar, { maxLength: 3 }));

/** One operator and its right side. */
const comparison: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...OPERATORS), right).map(([name, value]) => ({ [name]: value })) },
  fc.boolean().map((exists) => ({ exists })),
);

const leaf: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...FIELDS).map((field) => ({ field })),
      fc.oneof(fc.constantFrom<Json>(...EXPRESSIONS), json).map((value) => ({ value })),
    ),
    comparison,
  )
  .map(([left, operator]) => ({ ...left, ...operator }));

const counted = fc.oneof(
  fc.constantFrom('properties.a[*]', 'properties.B[*].a[*]', 'Microsoft.A/b/a[*]').map((field) => ({ field })),
  fc
    .oneof(fc.constantFrom<Json>(...EXPRESSIONS), fc.array(scalar, { maxLength: 4 }))
    .map((value) => ({ value, name: 'n' })),
);

/** A condition that can be read; what is in it may fail in an evaluation. */
export const condition: fc.Arbitrary<JsonObject> = fc.letrec<{ condition: JsonObject }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('condition'), { maxLength: 3 }).map((allOf) => ({ allOf })),
    fc.array(tie('condition'), { maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie('condition').map((not) => ({ not })),
    fc
      .tuple(counted, tie('condition'), comparison)
      .map(([count, where, operator]) => ({ count: { ...count, where }, ...operator })),
  ),
})).condition;

const member = fc.oneof(json, objectOf(json));

export const resource: fc.Arbitrary<JsonObject> = fc.record({
  type: fc.constant('Microsoft.A/b'),
  name: text,
  kind: text,
  location: fc.constant('westeurope'),
  tags: fc.oneof(objectOf(scalar), json),
  ['__proto__']: json,
  properties: fc.record({
    a: fc.array(member, { maxLength: 3 }),
    B: fc.array(
      fc.array(member, { maxLength: 2 }).map((a) => ({ a })),
      { maxLength: 2 },
    ),
  }),
});

export const parameters: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(fc.constantFrom('p', 'q', 'effect', ...INHERITED), json), { maxLength: 3 })
  .map((entries) => Object.fromEntries(entries) as JsonObject);

/** A condition in which anything may stand at a place where something else is wanted. */
const nearlyCondition: fc.Arbitrary<Json> = fc.oneof(
  condition,
  json,
  fc.record({ field: json, equals: json }),
  fc.record({ count: fc.record({ field: json, where: fc.oneof(condition, json) }), equals: json }),
  fc.record({ count: fc.record({ value: json, name: json, where: fc.oneof(condition, json) }), equals: json }),
  fc.dictionary(
    fc.constantFrom('allOf', 'anyOf', 'not', 'field', 'value', 'count', 'like', 'exists', '__proto__'),
    json,
  ),
);

/** A structure that looks like a definition in places, and is anything at all in others. */
export const nearlyDefinition: fc.Arbitrary<Json> = fc.oneof(
  json,
  fc
    .record(
      {
        mode: fc.oneof(fc.constantFrom('All', 'Indexed', 'Microsoft.Kubernetes.Data'), json),
        parameters: fc.oneof(parameters, json),
        metadata: json,
        policyType: json,
        policyRule: fc.oneof(
          json,
          fc.record(
            {
              if: nearlyCondition,
              then: fc.oneof(
                json,
                fc.record(
                  {
                    effect: fc.oneof(
                      fc.constantFrom('audit', 'deny', 'modify', 'auditIfNotExists', "[parameters('effect')]"),
                      json,
                    ),
                    details: fc.oneof(
                      json,
                      fc.record(
                        {
                          type: fc.oneof(
                            fc.constantFrom<Json>('Microsoft.A/b/c', 'Microsoft.A/b', ...EXPRESSIONS),
                            json,
                          ),
                          name: fc.oneof(fc.constantFrom<Json>(...EXPRESSIONS), json),
                          existenceScope: json,
                          resourceGroupName: json,
                          existenceCondition: nearlyCondition,
                          operations: json,
                          deployment: json,
                        },
                        { requiredKeys: [] },
                      ),
                    ),
                  },
                  { requiredKeys: [] },
                ),
              ),
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    )
    .chain((inner) => fc.constantFrom<Json>(inner as Json, { id: '/d', properties: inner as Json })),
);
