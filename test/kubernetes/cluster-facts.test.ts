import {
  extensionNamespacesOf,
  isOfAks,
  resourceFactsOf,
  type ResourceFacts,
} from '../../shared/kubernetes/cluster-facts';
import { readJson, testWith } from '../policy/shared-files';
import { deployment, given } from './given';

const nothing: ResourceFacts = {
  engine: 'unknown',
  windowsPools: [],
  localDns: false,
  adminGroups: [],
  localAccounts: true,
  azureRbac: false,
  openServiceMesh: false,
  applicationRouting: false,
  collectsLogs: false,
};

test('of a cluster whose resource is not known nothing is said', () => {
  expect(resourceFactsOf({})).toBeUndefined();
});

test('what a cluster’s resource leaves out has its default', () => {
  expect(resourceFactsOf({ cluster: {} })).toEqual(nothing);
});

const profiles = (name: string, profile: object) => ({ addonProfiles: { [name]: profile } });

test.each<[string, object, Partial<ResourceFacts>]>([
  ['Azure’s engine', { networkProfile: { networkPlugin: 'azure', networkPolicy: 'azure' } }, { engine: 'azure' }],
  ['Cilium’s data plane', { networkProfile: { networkDataplane: 'Cilium' } }, { engine: 'cilium' }],
  ['a plugin of its own', { networkProfile: { networkPlugin: 'none' } }, { engine: 'unknown' }],
  [
    'a pool of Windows',
    {
      agentPoolProfiles: [
        { name: 'lin', osType: 'Linux' },
        { name: 'win', osType: 'windows' },
      ],
    },
    { windowsPools: ['win'] },
  ],
  [
    'names resolved on the node',
    { agentPoolProfiles: [{ localDNSProfile: { mode: 'Preferred' } }] },
    { localDns: true },
  ],
  ['that switched off', { agentPoolProfiles: [{ localDNSProfile: { mode: 'disabled' } }] }, {}],
  [
    'groups of administrators and Azure RBAC',
    { aadProfile: { enableAzureRBAC: true, adminGroupObjectIDs: ['a', 7] } },
    { azureRbac: true, adminGroups: ['a'] },
  ],
  ['no local accounts', { disableLocalAccounts: true }, { localAccounts: false }],
  ['local accounts in a text', { disableLocalAccounts: 'true' }, {}],
  ['Istio', { serviceMeshProfile: { mode: 'istio', istio: { revisions: [] } } }, { istio: { revisions: [] } }],
  ['a mesh that is switched off', { serviceMeshProfile: { mode: 'Disabled', istio: {} } }, {}],
  ['Open Service Mesh', profiles('OpenServiceMesh', { enabled: true }), { openServiceMesh: true }],
  ['Open Service Mesh switched off', profiles('openServiceMesh', { enabled: false }), {}],
  ['application routing', { ingressProfile: { webAppRouting: { enabled: true } } }, { applicationRouting: true }],
  ['the log agent', profiles('omsAgent', { enabled: true }), { collectsLogs: true }],
  [
    'the log agent’s profile',
    { azureMonitorProfile: { containerInsights: { enabled: true } } },
    { collectsLogs: true },
  ],
  ['metrics alone', { azureMonitorProfile: { metrics: { enabled: true } } }, {}],
  [
    'a gateway that it made',
    profiles('ingressApplicationGateway', {
      enabled: true,
      config: { applicationGatewayId: '/old', effectiveApplicationGatewayId: '/new' },
    }),
    { ownGateway: '/new' },
  ],
  [
    'a gateway that it no longer configures',
    profiles('ingressApplicationGateway', { enabled: false, config: { applicationGatewayId: '/old' } }),
    {},
  ],
  ['lists and texts where objects are wanted', { addonProfiles: [], agentPoolProfiles: {}, aadProfile: 'x' }, {}],
])('a cluster with %s', (_, cluster, expected) => {
  expect(resourceFactsOf({ cluster: cluster as Record<string, unknown> })).toEqual({ ...nothing, ...expected });
});

const extension = (extensionType: string, releaseNamespace?: string) => ({
  properties: { extensionType, ...(releaseNamespace && { scope: { cluster: { releaseNamespace } } }) },
});

test.each([
  ['Flux', [extension('Microsoft.Flux')], ['flux-system', 'azure-extensions-usage-system']],
  ['Dapr elsewhere', [extension('microsoft.dapr', 'sidecars')], ['sidecars', 'azure-extensions-usage-system']],
  ['an unknown type', [extension('contoso.thing')], ['azure-extensions-usage-system']],
  ['a type that is no type', [extension('constructor')], ['azure-extensions-usage-system']],
  ['none', [], []],
])('the namespaces of extensions: %s', (_, extensions, expected) => {
  expect(extensionNamespacesOf({ extensions })).toEqual(expected);
});

test('the namespaces of Calico are AKS’s where it is the engine', () => {
  const cluster = { networkProfile: { networkPolicy: 'calico' } };
  expect(extensionNamespacesOf({ cluster })).toEqual(['calico-system', 'tigera-operator', 'tigera-system']);
});

test.each([
  ['kube-system', {}, true],
  ['flux-system', {}, false],
  ['flux-system', { extensions: [extension('microsoft.flux')] }, true],
  // An extension may be put anywhere; only its own namespaces are left to AKS.
  ['shop', { extensions: [extension('microsoft.flux', 'shop')] }, false],
])('what runs in %s with %j is AKS’s: %s', (namespace, facts, expected) => {
  const object = deployment('agent', {}, { namespace });
  expect(isOfAks(object, [object, given('v1', 'Namespace', namespace)], facts)).toBe(expected);
});

testWith('estate/estate.json')('the landing zone’s cluster', () => {
  const { resources } = readJson('estate/estate.json') as unknown as {
    readonly resources: readonly { path: string; type: string }[];
  };
  const path = resources.find(({ type }) => /managedClusters$/i.test(type))!.path;
  const { properties: cluster } = readJson(`estate/${path}`) as unknown as { properties: Record<string, unknown> };
  expect(resourceFactsOf({ cluster })).toEqual({
    ...nothing,
    engine: 'azure',
    adminGroups: ['00000000-0000-0000-0000-00000000c1ad'],
    collectsLogs: true,
  });
  expect(extensionNamespacesOf({ cluster })).toEqual([]);
});
