import { meshCertificates } from '../../shared/controls/mesh-certificates';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import type { Json } from '../../shared/core/resource';
import { deployment, given } from '../kubernetes/given';
import { broken, clusterHaving, clusterId, judgedIn, neverGuesses, told, wrongValues } from './in-cluster-given';

const plugin = {
  keyVaultId: `${clusterId.split('/providers/')[0]}/providers/Microsoft.KeyVault/vaults/kv-mesh`,
  certObjectName: 'ca-cert',
  keyObjectName: 'ca-key',
  rootCertObjectName: 'root-cert',
  certChainObjectName: 'cert-chain',
};
const withIstio = (certificateAuthority: Json | undefined) =>
  clusterHaving({
    serviceMeshProfile: {
      mode: 'Istio',
      istio: { revisions: ['asm-1-28'], certificateAuthority: certificateAuthority ?? null },
    },
  });
const subject = withIstio({ plugin });

const peers = (name: string, space: string, spec: object): KubernetesObject =>
  given('security.istio.io/v1', 'PeerAuthentication', name, { namespace: space, spec });
const strict = peers('default', 'aks-istio-system', { mtls: { mode: 'STRICT' } });
const at = (space: string, name = 'default'): string =>
  `security.istio.io/v1/namespaces/${space}/peerauthentications/${name}`;

const osm = (...args: readonly string[]): KubernetesObject =>
  deployment(
    'osm-controller',
    { image: 'mcr.microsoft.com/oss/openservicemesh/osm-controller:v1.2.9', args },
    { namespace: 'kube-system' },
  );
const meshConfig = (permissive: unknown): KubernetesObject =>
  given('config.openservicemesh.io/v1alpha2', 'MeshConfig', 'osm-mesh-config', {
    namespace: 'kube-system',
    spec: { traffic: { enablePermissiveTrafficPolicyMode: permissive } },
  });
const controllerPlace = 'apps/v1/namespaces/kube-system/deployments/osm-controller';

neverGuesses(meshCertificates, [strict], subject);

test('Istio with an authority from a vault, that takes only connections with a certificate, is compliant', () => {
  expect(told(judgedIn(meshCertificates, [strict], { subject }))).toEqual({
    'cluster#istio': expect.stringMatching(/^compliant: .*kv-mesh/),
    [at('aks-istio-system')]: expect.stringMatching(/^compliant/),
  });
});

test.each<[string, Json | undefined, RegExp]>([
  ['without an authority of its own', undefined, /^violation, high: .*with a root that it made itself/],
  ['with an empty plug-in', { plugin: {} }, /^violation, high: .*with a root that it made itself/],
  [
    'whose plug-in names no root',
    { plugin: { ...plugin, rootCertObjectName: null } },
    /^violation, high: .*does not say rootCertObjectName/,
  ],
  ['whose authority is a text', 'mine', /^violation, high/],
])('the Istio add-on %s is a serious violation', (_, authority, expected) => {
  expect(told(judgedIn(meshCertificates, [strict], { subject: withIstio(authority) }))['cluster#istio']).toMatch(
    expected,
  );
});

test('a mesh that nobody asks for STRICT takes connections without a certificate', () => {
  const verdicts = told(judgedIn(meshCertificates, [], { subject }));
  expect(verdicts['cluster#mutual-tls']).toMatch(/^violation, medium: no PeerAuthentication in aks-istio-system/);
  const elsewhere = peers('default', 'shop', { mtls: { mode: 'STRICT' } });
  expect(told(judgedIn(meshCertificates, [elsewhere], { subject }))['cluster#mutual-tls']).toMatch(
    /^violation, medium/,
  );
});

test.each([
  ['its mode', { mtls: { mode: 'PERMISSIVE' } }],
  ['one of its ports', { mtls: { mode: 'STRICT' }, portLevelMtls: { '8080': { mode: 'DISABLE' } } }],
])('a namespace that takes plain text by %s is a violation of its own, with a proposal', (_, spec) => {
  const judgement = judgedIn(meshCertificates, [strict, peers('legacy', 'shop', spec)], { subject });
  expect(told(judgement)[at('shop', 'legacy')]).toMatch(/^violation, medium: legacy has the mode/);
  expect(judgement.aspects?.find(({ key }) => key.endsWith('/legacy'))).toMatchObject({
    subject: `${clusterId}/kubernetes/${at('shop', 'legacy')}`,
    proposes: true,
  });
});

test('Open Service Mesh with its built-in provider is a serious violation, and another argument is none', () => {
  const verdictOf = (...args: readonly string[]) => told(judgedIn(meshCertificates, [osm(...args)]))[controllerPlace];
  expect(verdictOf('--certificate-manager', 'tresor')).toMatch(/^violation, high: Tresor/);
  expect(verdictOf('--verbosity', 'info')).toMatch(/^violation, high: no --certificate-manager is given, so Tresor/);
  expect(verdictOf('--certificate-manager', 'cert-manager')).toMatch(/^compliant/);
});

test('Open Service Mesh is told as one that nobody maintains, whoever issues', () => {
  const verdicts = told(judgedIn(meshCertificates, [osm('--certificate-manager', 'vault')]));
  expect(verdicts[`${controllerPlace}#support`]).toMatch(/^violation, medium: .*2027-09-30/);
});

test('the permissive mode of Open Service Mesh is a violation, also where nothing is said of it', () => {
  const place = 'config.openservicemesh.io/v1alpha2/namespaces/kube-system/meshconfigs/osm-mesh-config';
  const verdictOf = (permissive: unknown) => told(judgedIn(meshCertificates, [meshConfig(permissive)]))[place];
  expect(verdictOf(true)).toMatch(/^violation, medium/);
  expect(verdictOf(undefined)).toMatch(/^violation, medium/);
  expect(verdictOf(false)).toMatch(/^compliant/);
});

test('mutual authentication of Cilium brings its own authority', () => {
  const settings = (value: string): KubernetesObject =>
    given('v1', 'ConfigMap', 'cilium-config', {
      namespace: 'kube-system',
      data: { 'mesh-auth-mutual-enabled': value },
    });
  expect(judgedIn(meshCertificates, [settings('true')]).verdict.state).toBe('violation');
  expect(judgedIn(meshCertificates, [settings('false')]).verdict.state).toBe('notApplicable');
});

test.each([
  ['Istio', 'docker.io/istio/pilot:1.28.0'],
  ['Linkerd', 'ghcr.io/linkerd/controller:stable'],
])('whose authority signs in a mesh of %s that somebody brought is unknown', (_, image) => {
  const verdicts = told(judgedIn(meshCertificates, [deployment('control', { image }, { namespace: 'mesh' })]));
  expect(verdicts['apps/v1/namespaces/mesh/deployments/control']).toMatch(/^unknown/);
});

test('objects of a mesh of which nothing else is seen are unknown', () => {
  expect(told(judgedIn(meshCertificates, [strict]))['cluster#istio']).toMatch(/^unknown/);
});

test('a cluster without a mesh is not applicable', () => {
  const web = deployment('web', { image: 'registry.example/web:1' });
  expect(judgedIn(meshCertificates, [web]).verdict.state).toBe('notApplicable');
  const off = clusterHaving({ serviceMeshProfile: { mode: 'Disabled' } });
  expect(judgedIn(meshCertificates, [], { subject: off }).verdict.state).toBe('notApplicable');
});

test.each(wrongValues)('a PeerAuthentication whose spec is %s does not make the mesh strict', (_, spec) => {
  const { verdict } = judgedIn(meshCertificates, [broken(strict, 'spec', spec)], { subject });
  expect(verdict.state).toBe('violation');
});

test.each(wrongValues)('a cluster whose mesh profile is %s is never called compliant', (_, profile) => {
  const odd = clusterHaving({ serviceMeshProfile: profile as Json | undefined });
  expect(judgedIn(meshCertificates, [strict], { subject: odd }).verdict.state).toBe('unknown');
});
