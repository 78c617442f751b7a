import { readAssignment, type Assignment } from '../../shared/policy/assignments';
import { assignedPolicies, type AssignedVerdict } from '../../shared/policy/judge-assigned';
import type { Json, JsonObject } from '../../shared/policy/json';
import { sentenceOf } from '../../shared/policy/reasons';
import { idOf, prepare } from '../../shared/policy/subject';
import { relatedAmong } from '../../shared/policy-cli/related-among';
import { azureAliases, estateResources, filesIn, readJson, testWith } from './shared-files';

/**
 * The verdicts of the landing zone's own assignments on all of its resources, worked out by hand from the texts of the
 * definitions and the JSON of the resources.
 */
const withEstate = testWith('estate');

const AKS = 'Microsoft.ContainerService/managedClusters';
const GATEWAY = 'Microsoft.Network/applicationGateways';
const NETWORK = 'Microsoft.Network/virtualNetworks';
const SUBNET = 'Microsoft.Network/virtualNetworks/subnets';
const REGISTRY = 'Microsoft.ContainerRegistry/registries';
const SCALE_SET = 'Microsoft.Compute/virtualMachineScaleSets';
const SECURITY_GROUP = 'Microsoft.Network/networkSecurityGroups';
const SUBSCRIPTION = 'Microsoft.Resources/subscriptions';
const VAULT = 'Microsoft.KeyVault/vaults';

const DISK_ENCRYPTION = '7d7be79c-23ba-4033-84dd-45e2a5ccdd67';
const HOST_ENCRYPTION = '41425d9f-d1a5-499a-9932-f8ed8453932c';
const ALLOWED_TYPES = 'a08ec900-254a-4555-9bf5-e42af04b5c5c';
const RBAC = 'ac4a19c2-fa67-49b4-8ae5-0b2e78c49457';
const ADD_ON = '0a15ec92-a229-4763-bb14-0ea34a568f8d';
const VERSION = 'fb893a29-21bb-418c-a157-e99480ec364c';

/** Children with a location that have no tags («Azure Resource Manager: tag support for resources»). */
const UNTRACKED = [`${SCALE_SET}/extensions`, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups'];
const tracked = (type: string): boolean | undefined => (UNTRACKED.includes(type) ? false : undefined);

interface Row {
  readonly type: string;
  /** The name of the definition. */
  readonly definition: string;
  readonly isCustom: boolean;
  readonly verdict: AssignedVerdict['verdict'];
}

interface Options {
  readonly resources?: readonly JsonObject[];
  readonly assignments?: readonly Assignment[];
  readonly definitions?: readonly JsonObject[];
  readonly supportsTagsAndLocation?: (type: string) => boolean | undefined;
}

const isOf = (type: string) => (resource: JsonObject) => resource['type'] === `Microsoft.Authorization/${type}`;
const assignmentsIn = (resources: readonly JsonObject[]): readonly Assignment[] =>
  resources.filter(isOf('policyAssignments')).map(readAssignment);

/** Every verdict that there is, of every assignment on every resource. */
function rowsOf(options: Options = {}): readonly Row[] {
  const resources = options.resources ?? estateResources();
  const { managementGroups } = readJson('estate/estate.json') as unknown as { managementGroups: readonly string[] };
  const withId = new Map(
    [...resources, ...(options.definitions ?? [])].map((each) => [idOf(each).toLowerCase(), each]),
  );
  const found = (id: string): Json | undefined => withId.get(id.toLowerCase());
  const policies = assignedPolicies({
    assignments: options.assignments ?? assignmentsIn(resources),
    exemptions: [],
    catalogue: { definitionOf: found, initiativeOf: found },
    aliases: azureAliases(),
  });
  return resources.flatMap((resource) => {
    const subject = prepare(resource);
    const location = typeof resource['location'] === 'string' ? resource['location'] : undefined;
    const placement = { id: idOf(resource), type: subject.type, location, managementGroups };
    const world = {
      utcNow: '2021-03-17T00:00:00.0000000Z',
      requestContext: { apiVersion: '2024-05-01' },
      related: (query: Parameters<typeof relatedAmong>[1]) => relatedAmong(resources, query),
      supportsTagsAndLocation: options.supportsTagsAndLocation ?? tracked,
    };
    const { verdicts, reads } = policies.judge(subject, placement, world);
    expect(reads).toEqual([]);
    return verdicts.map(({ member, verdict }) => ({
      type: subject.type,
      definition: member.definitionId.split('/').at(-1) ?? '',
      isCustom: member.definitionId.startsWith('/subscriptions/'),
      verdict,
    }));
  });
}

/** How many verdicts of each state there are. */
function statesOf(rows: readonly Row[]): Record<string, number> {
  const states = rows.map(({ verdict }) => (verdict.state === 'unknown' ? verdict.unknown.kind : verdict.state));
  return Object.fromEntries(
    [...new Set(states)].map((state) => [state, states.filter((each) => each === state).length]),
  );
}

const violations = (rows: readonly Row[]): readonly (readonly [string, string])[] =>
  rows.filter(({ verdict }) => verdict.state === 'nonCompliant').map(({ type, definition }) => [type, definition]);

const about = (rows: readonly Row[], type: string, definition: string): Record<string, number> =>
  statesOf(rows.filter((row) => row.type === type && row.definition === definition));

withEstate(
  'the cluster without a disk encryption set and without host encryption is all that violates a policy',
  () => {
    expect(violations(rowsOf()).toSorted()).toEqual([
      [AKS, HOST_ENCRYPTION],
      [AKS, DISK_ENCRYPTION],
    ]);
  },
);

withEstate('both violations say what is missing, the second for each of the three node pools', () => {
  const reasons = rowsOf().flatMap(({ verdict }) => (verdict.state === 'nonCompliant' ? verdict.reasons : []));
  const sentences = reasons.map(sentenceOf);
  expect(sentences).toContain(`${AKS}/diskEncryptionSetID is missing; it must be there`);
  expect(sentences).toContain(`the number of ${AKS}/agentPoolProfiles[*] that match is 3; it must be at most 0`);
  const pools = sentences.filter((sentence) => /enableEncryptionAtHost is missing; it must be there$/.test(sentence));
  expect(pools).toHaveLength(3);
});

withEstate.each([
  ['the cluster has enableRBAC: true', RBAC],
  ['the add-on is on; that the JSON writes azurepolicy and the rule azurePolicy does not matter', ADD_ON],
  ['1.20.2 is none of the vulnerable versions, and 1.2.* does not fit it', VERSION],
])('compliant, because %s', (_, definition) => {
  expect(about(rowsOf(), AKS, definition)).toEqual({ compliant: 1 });
});

withEstate.each([
  ['the cluster is private: the boolean true equals the text "true"', AKS, 1],
  ['the SKU of the gateway is WAF_v2', GATEWAY, 1],
  ['the plans of Defender for clusters, registries and vaults are Standard', SUBSCRIPTION, 3],
])('the custom definitions are satisfied, because %s', (_, type, count) => {
  expect(statesOf(rowsOf().filter((row) => row.isCustom && row.type === type))).toMatchObject({ compliant: count });
});

withEstate('every type in the three resource groups is allowed: the definition speaks of none of them', () => {
  const rows = rowsOf().filter(({ definition }) => definition === ALLOWED_TYPES);
  expect(Object.keys(statesOf(rows))).toEqual(['notApplicable']);
  expect(rows.length).toBeGreaterThan(100);
});

withEstate(
  'the cluster alone has verdicts of the data plane: eleven assignments and the eight of the initiative',
  () => {
    const delegated = rowsOf().filter(({ verdict }) => verdict.state === 'unknown');
    expect(statesOf(delegated)).toEqual({ delegated: 19 });
    expect(new Set(delegated.map(({ type }) => type))).toEqual(new Set([AKS]));
  },
);

withEstate('nothing else is applicable: eight verdicts comply, two do not, nineteen are delegated', () => {
  const { notApplicable, ...applicable } = statesOf(rowsOf());
  expect(applicable).toEqual({ compliant: 8, nonCompliant: 2, delegated: 19 });
  expect(notApplicable).toBeGreaterThan(1_000);
});

withEstate(
  'without Azure’s word on which children have tags, those with a location are unknown, not violations',
  () => {
    const rows = rowsOf({ supportsTagsAndLocation: () => undefined });
    const unknown = rows.filter(
      ({ verdict }) => verdict.state === 'unknown' && verdict.unknown.kind === 'context-missing',
    );
    expect(new Set(unknown.map(({ type }) => type))).toEqual(new Set(UNTRACKED));
    expect(violations(rows)).toHaveLength(2);
  },
);

/** The landing zone with one kind of resource changed. */
const having = (type: string, change: (properties: JsonObject) => JsonObject): readonly JsonObject[] =>
  estateResources().map((resource) =>
    resource['type'] === type ? { ...resource, properties: change(resource['properties'] as JsonObject) } : resource,
  );

const pools = (properties: JsonObject): readonly JsonObject[] => properties['agentPoolProfiles'] as JsonObject[];

withEstate.each<
  readonly [string, string, (properties: JsonObject) => JsonObject, readonly (readonly [string, string])[]]
>([
  [
    'with a disk encryption set only host encryption is missing',
    AKS,
    (cluster) => ({ ...cluster, diskEncryptionSetID: '/subscriptions/s/…/diskEncryptionSets/d' }),
    [[AKS, HOST_ENCRYPTION]],
  ],
  [
    'with host encryption in every pool only the disk encryption set is missing',
    AKS,
    (cluster) => ({
      ...cluster,
      agentPoolProfiles: pools(cluster).map((pool) => ({ ...pool, enableEncryptionAtHost: true })),
    }),
    [[AKS, DISK_ENCRYPTION]],
  ],
  [
    'with host encryption in two of three pools nothing has changed',
    AKS,
    (cluster) => ({
      ...cluster,
      agentPoolProfiles: pools(cluster).map((pool, index) => ({ ...pool, enableEncryptionAtHost: index > 0 })),
    }),
    [
      [AKS, HOST_ENCRYPTION],
      [AKS, DISK_ENCRYPTION],
    ],
  ],
  [
    'with an old version the version is a violation too',
    AKS,
    (cluster) => ({ ...cluster, kubernetesVersion: '1.2.20' }),
    [
      [AKS, HOST_ENCRYPTION],
      [AKS, DISK_ENCRYPTION],
      [AKS, VERSION],
    ],
  ],
  [
    'without add-ons the add-on is a violation too',
    AKS,
    (cluster) => ({ ...cluster, addonProfiles: {} }),
    [
      [AKS, ADD_ON],
      [AKS, HOST_ENCRYPTION],
      [AKS, DISK_ENCRYPTION],
    ],
  ],
])('%s', (_, type, change, expected) => {
  expect(violations(rowsOf({ resources: having(type, change) })).toSorted()).toEqual(expected);
});

withEstate('a gateway without WAF violates the custom definition about gateways', () => {
  const rows = rowsOf({ resources: having(GATEWAY, (gateway) => ({ ...gateway, sku: { name: 'Standard_v2' } })) });
  expect(violations(rows.filter(({ type, isCustom }) => type === GATEWAY && isCustom))).toHaveLength(1);
});

withEstate('a plan of Defender that is Free violates one of the three definitions about the subscription', () => {
  const resources = estateResources().map((resource) =>
    resource['name'] === 'KeyVaults' ? { ...resource, properties: { pricingTier: 'Free' } } : resource,
  );
  expect(statesOf(rowsOf({ resources }).filter(({ type, isCustom }) => type === SUBSCRIPTION && isCustom))).toEqual({
    compliant: 2,
    nonCompliant: 1,
  });
});

withEstate.each([
  ['the vault', VAULT, 1],
  ['the security groups of the hub and of the spokes', SECURITY_GROUP, 10],
  ['the five public addresses, whose type the lists write in another case', 'Microsoft.Network/publicIPAddresses', 5],
  ['none of the subnets, which have no location', SUBNET, 0],
])('where the type is not allowed, violations are %s', (_, type, count) => {
  const resources = estateResources().map((resource) => {
    const { properties } = resource as {
      properties?: { parameters?: { listOfResourceTypesAllowed?: { value: string[] } } };
    };
    const allowed = properties?.parameters?.listOfResourceTypesAllowed?.value;
    if (allowed === undefined) return resource;
    const value = allowed.filter((each) => each.toLowerCase() !== type.toLowerCase());
    return { ...resource, properties: { ...properties, parameters: { listOfResourceTypesAllowed: { value } } } };
  });
  const found = violations(rowsOf({ resources })).filter(([, definition]) => definition === ALLOWED_TYPES);
  expect(found).toEqual(Array.from({ length: count }, () => [type, ALLOWED_TYPES]));
});

/** Present-day built-in definitions, as if each were assigned to the subscription with its default parameters. */
const BUILT_IN: readonly (readonly [string, string, string, Record<string, number>])[] = [
  ['a private cluster needs no authorized IP ranges', '0e246bcf-5f6f-4f87-bc6f-775d4712c7ea', AKS, { compliant: 1 }],
  ['the cluster is private', '040732e8-d947-40b8-95d6-854c95024bf8', AKS, { compliant: 1 }],
  ['local accounts are not turned off', '993c2fcd-2b29-49d2-9eb0-df2c3a730c32', AKS, { nonCompliant: 1 }],
  ['the cluster has an aadProfile', '450d2877-ebea-41e8-b00c-e286317d21bf', AKS, { compliant: 1 }],
  ['enableRbacAuthorization is false', '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5', VAULT, { nonCompliant: 1 }],
  ['the vault’s firewall allows by default', '55615ac9-af46-4a59-874e-391cc3dfb490', VAULT, { nonCompliant: 1 }],
  ['the vault’s public access is Enabled', '405c5871-3e91-4644-8a63-58e19d68ff5b', VAULT, { nonCompliant: 1 }],
  ['enablePurgeProtection is missing', '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53', VAULT, { nonCompliant: 1 }],
  ['one private endpoint of the vault is Approved', 'a6abeaec-4d90-4a02-805f-6b26c4d3fbe9', VAULT, { compliant: 1 }],
  ['enableSoftDelete is true', '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d', VAULT, { compliant: 1 }],
  ['adminUserEnabled is false', 'dc921057-6b28-4fbe-9b83-f7bec05db6c2', REGISTRY, { compliant: 1 }],
  ['the registry denies by default', 'd0793b48-0edc-4296-a390-4c75d1bdfd71', REGISTRY, { compliant: 1 }],
  [
    'a private endpoint of the registry is Approved',
    'e8eef0a8-67cf-4eb4-9386-14b0e78733d4',
    REGISTRY,
    { compliant: 1 },
  ],
  ['the registry’s public access is Disabled', '0fdf0491-d080-4575-b627-ad0e843cba0f', REGISTRY, { compliant: 1 }],
  ['the gateway has a WAF configuration', '564feb30-bf6a-4854-b4bb-0d2d2d1e6c66', GATEWAY, { compliant: 1 }],
  ['the gateway has no WAF policy', 'ff1f1879-a60d-4f23-9641-41e7391ec19a', GATEWAY, { nonCompliant: 1 }],
  ['a gateway is no WAF policy', '12430be1-6cc8-4527-a9a8-e3d38f250096', GATEWAY, { notApplicable: 1 }],
  [
    'the gateway’s setting has all logs on, a workspace, and no metrics that could be off',
    '8a04f872-51e9-4313-97fb-fc1c3543011c',
    GATEWAY,
    { compliant: 1 },
  ],
  ['no network has flow logs', '4c3c6c5f-0d47-4402-99b8-aa543dd8bcee', NETWORK, { nonCompliant: 3 }],
  ['no security group has flow logs', 'c251913d-7d24-4958-af87-478ed3b9ba41', SECURITY_GROUP, { nonCompliant: 10 }],
  ['no network has DDoS protection', '94de2ad3-e0c1-4caf-ad78-5d47bbc83d3d', NETWORK, { nonCompliant: 3 }],
  ['no subnet turns default outbound access off', '7bca8353-aa3b-429b-904a-9229c4385837', SUBNET, { nonCompliant: 13 }],
  ['no network has private subnets', '7bca8353-aa3b-429b-904a-9229c4385837', NETWORK, { nonCompliant: 3 }],
  [
    'the one gateway subnet has no security group, and the other twelve are no gateway subnets',
    '35f9c03a-cc27-418e-9c0c-539ff999d010',
    SUBNET,
    { compliant: 1, notApplicable: 12 },
  ],
  ['the scale set has no securityProfile', 'fc4d8e41-e223-45ea-9bf5-eada37891d87', SCALE_SET, { nonCompliant: 1 }],
];

testWith('policy-definitions').each(BUILT_IN)('a built-in definition: %s', (_, name, type, expected) => {
  const id = `/providers/Microsoft.Authorization/policyDefinitions/${name}`;
  const json = filesIn('policy-definitions/policyDefinitions')
    .map(readJson)
    .find((each) => JSON.stringify(each).includes(id));
  const { subscription } = readJson('estate/estate.json') as unknown as { subscription: string };
  const properties = { scope: subscription, policyDefinitionId: id };
  const assignments = [readAssignment({ id: `${subscription}/…/policyAssignments/a`, properties })];
  const rows = rowsOf({ assignments, definitions: [{ ...(json as JsonObject), id }] });
  expect(about(rows, type, name)).toEqual(expected);
});
