import { cluster, definition, existence, file, group, policy, ruleOf, subscription } from './given';

interface Files {
  readonly definition?: unknown;
  readonly resource?: unknown;
  readonly parameters?: unknown;
  readonly aliases?: unknown;
  readonly related?: unknown;
}

function evaluated(files: Files, ...more: readonly string[]) {
  const all = { definition, resource: cluster, ...files };
  const args = Object.entries(all).flatMap(([name, content]) => [`--${name}`, file(`${name}.json`, content)]);
  return policy('evaluate', ...args, ...more);
}

test('a violation is printed with its effect and its reason, and ends with 2', () => {
  expect(evaluated({})).toEqual({
    code: 2,
    err: '',
    out: [
      'state: nonCompliant',
      'effect: Audit',
      'reason: Microsoft.ContainerService/managedClusters/diskEncryptionSetID is missing; it must not be "" (if.allOf[1])',
      'aliases resolved without Azure’s table',
      '',
    ].join('\n'),
  });
});

test('a resource that complies ends with 0', () => {
  const properties = { ...cluster.properties, diskEncryptionSetID: '/d' };
  const { code, out } = evaluated({ resource: { ...cluster, properties } });
  expect([code, out]).toEqual([0, expect.stringMatching(/^state: compliant\neffect: Audit\n/)]);
});

test('a resource that the definition does not speak of ends with 0 and says why', () => {
  const { code, out } = evaluated({ resource: { ...cluster, type: 'Microsoft.KeyVault/vaults' } });
  expect([code, out]).toEqual([0, expect.stringContaining('state: notApplicable\n')]);
  expect(out).toContain('reason: the definition is about other resources');
});

test.each([
  ['alone', definition],
  ['wrapped as ARM returns it', { id: '/d', properties: definition }],
  ['with a byte order mark', `\uFEFF${JSON.stringify(definition)}`],
])('a definition %s is read', (_, content) => {
  expect(evaluated({ definition: content }).code).toBe(2);
});

test.each([
  ['plain', { effect: 'Deny', WANTED: '/d' }],
  ['wrapped as in an assignment', { effect: { value: 'Deny' }, wanted: { value: '/d' } }],
])('parameters are read %s', (_, parameters) => {
  expect(evaluated({ parameters }).out).toMatch(/^state: compliant\neffect: Deny\n/);
});

test('a parameter that the definition does not have is pointed out', () => {
  const { code, err } = evaluated({ parameters: { efect: 'Deny' } });
  expect([code, err]).toEqual([2, 'policy: the definition has no parameter efect\n']);
});

test('with Azure’s table no alias is guessed, and one that it does not have is unknown', () => {
  const alias = { name: `${cluster.type}/diskEncryptionSetID`, defaultPath: 'properties.other' };
  const resourceType = { resourceType: 'managedClusters', aliases: [alias] };
  const aliases = { value: [{ namespace: 'Microsoft.ContainerService', resourceTypes: [resourceType] }] };
  const properties = { diskEncryptionSetID: '/d' };
  expect(evaluated({ aliases, resource: { ...cluster, properties } })).toMatchObject({
    code: 2,
    out: expect.not.stringContaining('without Azure') as string,
  });
  const other = { ...alias, name: `${cluster.type}/kubernetesVersion` };
  const without = {
    value: [{ namespace: 'Microsoft.ContainerService', resourceTypes: [{ ...resourceType, aliases: [other] }] }],
  };
  const unknown = evaluated({ aliases: without });
  expect(unknown.code).toBe(3);
  expect(unknown.out).toMatch(
    /reason: the alias .*diskEncryptionSetID is not known for .* \(if\.allOf\[1\]\), alias-unknown/,
  );
});

test('the path of an alias is the one of the resource’s api version', () => {
  const paths = [{ path: 'properties.old', apiVersions: ['2020-01-01'] }];
  const alias = { name: `${cluster.type}/diskEncryptionSetID`, defaultPath: 'properties.new', paths };
  const aliases = [
    { namespace: 'Microsoft.ContainerService', resourceTypes: [{ resourceType: 'managedClusters', aliases: [alias] }] },
  ];
  const old = { ...cluster, properties: { old: '/d' } };
  expect(evaluated({ aliases, resource: old }).code).toBe(2);
  expect(evaluated({ aliases, resource: { ...old, apiVersion: '2020-01-01' } }).code).toBe(0);
});

const setting = (workspaceId: string | undefined, of = cluster.id) => ({
  id: `${of}/providers/Microsoft.Insights/diagnosticSettings/default`,
  name: 'default',
  type: 'Microsoft.Insights/diagnosticSettings',
  properties: workspaceId === undefined ? {} : { workspaceId },
});

test.each([
  ['one that satisfies is there', [setting('/w')], 0],
  ['one that satisfies is there, as ARM lists it', { value: [setting(undefined), setting('/w')] }, 0],
  ['the file is that resource alone', setting('/w'), 0],
  ['it has no id', [{ type: 'Microsoft.Insights/diagnosticSettings', properties: { workspaceId: '/w' } }], 0],
  ['none satisfies', [setting(undefined)], 2],
  ['it belongs to another resource', [setting('/w', `${cluster.id}-2`)], 2],
  ['it has another type', [{ ...setting('/w'), type: 'Microsoft.Authorization/locks' }], 2],
  ['nothing is there', [], 2],
])('what has to exist is looked for in the file: when %s', (_, related, code) => {
  expect(evaluated({ definition: existence, related }).code).toBe(code);
});

test('without that file the verdict on what has to exist is unknown', () => {
  const { code, out } = evaluated({ definition: existence });
  expect([code, out]).toEqual([3, expect.stringContaining('no file was given with --related')]);
});

const named = (details: object) => ({
  mode: 'All',
  policyRule: { if: { field: 'type', equals: cluster.type }, then: { effect: 'auditIfNotExists', details } },
});
const plan = (name: string) => ({
  id: `${subscription}/providers/Microsoft.Security/pricings/${name}`,
  name,
  type: 'Microsoft.Security/pricings',
});
const pool = (name: string, of = cluster.id) => ({
  id: `${of}/agentPools/${name}`,
  name,
  type: 'Microsoft.ContainerService/managedClusters/agentPools',
});

test.each([
  [
    'the plan with the name',
    { type: 'Microsoft.Security/pricings', name: 'Containers', existenceScope: 'subscription' },
    plan('containers'),
    0,
  ],
  [
    'a plan with another name',
    { type: 'Microsoft.Security/pricings', name: 'Containers', existenceScope: 'subscription' },
    plan('Dns'),
    2,
  ],
  ['any pool of the cluster', { type: pool('').type, name: 'aks-1/?' }, pool('p'), 0],
  ['a pool of another cluster', { type: pool('').type, name: 'aks-1/?' }, pool('p', `${cluster.id}-2`), 2],
  ['a pool by the name of both', { type: pool('').type, name: 'aks-1/p' }, pool('p'), 0],
  ['the cluster itself', { type: cluster.type, name: "[field('name')]" }, plan('x'), 0],
])('a definition finds %s', (_, details, related, code) => {
  expect(evaluated({ definition: named(details), related: [related] }).code).toBe(code);
});

test('the resource group and the subscription are those in the file, and unknown without', () => {
  const rule = ruleOf({
    allOf: [
      { value: "[resourceGroup().tags['env']]", equals: 'prod' },
      { value: '[subscription().displayName]', equals: 'main' },
    ],
  });
  const containers = [
    { id: group.toUpperCase(), type: 'Microsoft.Resources/resourceGroups', tags: { env: 'prod' } },
    { id: subscription, displayName: 'main' },
  ];
  expect(evaluated({ definition: rule, related: containers }).code).toBe(2);
  const without = evaluated({ definition: rule });
  expect([without.code, without.out]).toEqual([3, expect.stringContaining('context-missing')]);
});

test('utcNow() is the time of the run', () => {
  expect(evaluated({ definition: ruleOf({ value: '[utcNow()]', equals: '2026-03-01T12:00:00.0000000Z' }) }).code).toBe(
    2,
  );
});

test('a definition that Azure would refuse is an error with every problem and its place, and ends with 3', () => {
  const { code, out } = evaluated({
    definition: ruleOf({
      anyOf: [
        { field: 'name', equal: 1 },
        { value: '[newGuid()]', equals: 1 },
      ],
    }),
  });
  expect(code).toBe(3);
  expect(out).toMatch(/^state: error\n/);
  expect(out).toContain('problem: if.anyOf[0]: equal is not an operator that Azure Policy has\n');
  expect(out).toContain('problem: if.anyOf[1].value: newGuid() is not allowed in a policy rule\n');
});

test('--json prints the same as one object', () => {
  const { code, out } = evaluated({}, '--json');
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    state: 'nonCompliant',
    effect: 'Audit',
    reasons: [{ path: 'if.allOf[1]', sentence: expect.stringContaining('is missing') as string }],
    aliases: 'guessed',
  });
  expect(JSON.parse(evaluated({ definition: existence }, '--json').out)).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'related-unreadable' },
  });
});
