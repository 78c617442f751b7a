import { array, assert, constantFrom, property } from 'fast-check';
import { outcomeOf } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { refusalOf } from '../../shared/kubernetes/manifests/refusals';
import { asStored } from '../../shared/kubernetes/manifests/stored';
import { deployment, given } from './given';

const ports = [{ containerPort: 80 }];
const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }];
const args = ['--default-ssl-certificate=a/b', '--certificate-manager', 'tresor'];
const tls = [{ hosts: ['a.example.com'], secretName: 'a' }];
const peer = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } };

/** One object of each kind that is looked into, right in every field. */
const objects = [
  deployment('osm-controller', {
    image: 'x/osm-controller:1',
    args,
    env,
    ports,
    command: ['/nginx-ingress-controller'],
  }),
  given('v1', 'Pod', 'pod', {
    spec: { containers: [{ name: 'a', ports }], volumes: [{ name: 'v' }] },
  }),
  given('networking.k8s.io/v1', 'Ingress', 'i', {
    annotations: { a: 'b' },
    spec: { tls, rules: [{ host: 'a', http: { paths: [{ path: '/' }] } }] },
  }),
  given('networking.k8s.io/v1', 'NetworkPolicy', 'n', {
    spec: {
      podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] },
      ingress: [{ from: [peer], ports: [{ port: 80 }] }],
      policyTypes: ['Ingress'],
    },
  }),
  given('gateway.networking.k8s.io/v1', 'Gateway', 'g', {
    spec: { listeners: [{ protocol: 'HTTPS', hostname: 'a', tls: { certificateRefs: [{ name: 'a' }] } }] },
  }),
  given('networking.istio.io/v1', 'Gateway', 'g', {
    spec: { servers: [{ hosts: ['a/b'], port: { protocol: 'HTTPS' }, tls: { mode: 'SIMPLE' } }] },
  }),
  given('security.istio.io/v1', 'PeerAuthentication', 'p', {
    spec: { mtls: { mode: 'STRICT' }, portLevelMtls: { 80: { mode: 'DISABLE' } } },
  }),
  given('cert-manager.io/v1', 'Certificate', 'c', { spec: { secretName: 'a', dnsNames: ['a.example.com'] } }),
  given('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 's', {
    spec: {
      provider: 'azure',
      secretObjects: [{ secretName: 'a', type: 'kubernetes.io/tls', data: [{ objectName: 'o' }] }],
    },
  }),
  given('approuting.kubernetes.azure.com/v1alpha1', 'NginxIngressController', 'd', {
    spec: { defaultSSLCertificate: { secret: { name: 'a' } } },
  }),
  given('config.openservicemesh.io/v1alpha1', 'MeshConfig', 'm', { spec: { certificate: {}, traffic: {} } }),
  given('config.openservicemesh.io/v1alpha2', 'MeshRootCertificate', 'r', { spec: { provider: { tresor: {} } } }),
  given('v1', 'ConfigMap', 'osm-config', { data: { egress: 'true' } }),
  given('v1', 'ConfigMap', 'container-azm-ms-agentconfig', {
    namespace: 'kube-system',
    data: { 'schema-version': 'v1', 'log-data-collection-settings': '[a]' },
  }),
  given('v1', 'Service', 'front', { spec: { type: 'LoadBalancer', selector: { a: 'b' } } }),
  given('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'b', {
    roleRef: { kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'User', name: 'a' }],
  }),
];

const owned = objects.map((object) => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: [{ controller: false }] },
}));

const junk: readonly unknown[] = [null, 0, true, '', 'x', [], [null], [7], {}, { a: null }, [[]], [{}]];

/** Every way to put something else in the place of one of the values within a value. */
function spoilt(value: unknown, wrong: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [wrong];
  const entries = Object.entries(value);
  const inner = entries.flatMap(([key, one]) =>
    spoilt(one, wrong).map((other) =>
      Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other },
    ),
  );
  return [wrong, ...inner];
}

const judged = (text: string) => {
  const { manifests } = readManifests(text, 'a.json');
  const taken = manifests.map(({ object }) => object).filter((object) => refusalOf(object) === undefined);
  return judgements.flatMap(({ judge }) => judge(taken.map(asStored), { today: '2026-11-24', isWhole: true }));
};

test('whatever stands in one field of an object, it is judged or told, and never throws', () => {
  for (const wrong of junk)
    for (const object of owned)
      for (const one of spoilt(object, wrong))
        expect(() =>
          judged(JSON.stringify({ kind: 'List', items: [one, ...owned.filter((other) => other !== object)] })),
        ).not.toThrow();
});

test('of any objects in any order, what is open has a reason, and what has a proposal has something to apply or to decide', () => {
  assert(
    property(array(constantFrom(...objects), { maxLength: 8 }), (some) => {
      for (const found of judged(JSON.stringify({ kind: 'List', items: some }))) {
        if (outcomeOf(found) === 'open') expect(found.problems.every(({ reason }) => reason.length > 20)).toBe(true);
        const { objects: patches, effects } = found.propose?.() ?? { objects: [], effects: ['none'] };
        expect(patches.length + effects.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 50 },
  );
});
