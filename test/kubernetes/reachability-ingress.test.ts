import type { Json } from '../../shared/core/resource';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { connectionTexts } from '../../shared/kubernetes/reachability/connections';
import { ingressConnections } from '../../shared/kubernetes/reachability/ingress-paths';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { listening, pod, policy } from './network-given';

const service = (...ports: readonly object[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { app: 'web' }, ports } as unknown as Json,
});

const ingress = (port: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port } } }] } }],
  } as unknown as Json,
});

const route = (to: object, port?: string | number): KubernetesObject => ({
  apiVersion: 'route.openshift.io/v1',
  kind: 'Route',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { to, ...(port === undefined ? {} : { port: { targetPort: port } }) } as unknown as Json,
});

const web = pod('shop/web', { app: 'web' }, listening({ name: 'http', containerPort: 8080 }));

function ledTo(...objects: readonly KubernetesObject[]): readonly string[] {
  const all = [web, ...objects];
  return ingressConnections(reachabilityOf(all), all).map((one) => connectionTexts(one)[2]);
}

const numbered = service({ name: 'plain', port: 5000, targetPort: 8080 });
const named = service({ name: 'plain', port: 80, targetPort: 'http' });

test.each([
  ['the number of the service port', numbered, ingress({ number: 5000 }), ['TCP 8080']],
  ['the name of the service port', numbered, ingress({ name: 'plain' }), ['TCP 8080']],
  ["the number of the pods' own port", numbered, ingress({ number: 8080 }), ['TCP 8080']],
  ["the name of the pods' own port", named, ingress({ name: 'http' }), ['TCP 8080']],
  ['a number that the service does not have', numbered, ingress({ number: 8081 }), []],
] as const)('an Ingress leads to a pod by %s', (_name, to, from, expected) => {
  expect(ledTo(to, from)).toEqual(expected);
});

test('the first port of a service that fits is the one that an Ingress leads to', () => {
  const two = service({ name: 'a', port: 80, targetPort: 9000 }, { name: 'b', port: 9000, targetPort: 9001 });
  expect(ledTo(two, ingress({ number: 9000 }))).toEqual(['TCP 9000']);
});

test.each([
  ['names a port', route({ kind: 'Service', name: 'web' }, 'http'), ['TCP 8080']],
  ['names no port', route({ kind: 'Service', name: 'web' }), ['TCP 8080']],
  ['says no kind', route({ name: 'web' }, 'plain'), ['TCP 8080']],
  ['leads to something that is no Service', route({ kind: 'Deployment', name: 'web' }, 'http'), []],
] as const)('what a Route that %s leads to', (_name, from, expected) => {
  expect(ledTo(named, from)).toEqual(expected);
});

const from = (peer: object) => policy('shop/p', { podSelector: {}, ingress: [{ from: [peer] }] });
const byName = (operator: string, ...values: readonly string[]) =>
  from({
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator, ...(values.length > 0 ? { values } : {}) }],
    },
  });

test.each([
  ['every namespace that has a name', byName('Exists'), ['TCP 8080']],
  ['namespaces without a name', byName('DoesNotExist'), []],
  ['another namespace', byName('In', 'billing'), []],
] as const)(
  'a policy that lets %s in counts for a controller whose namespace is not known',
  (_name, given, expected) => {
    expect(ledTo(numbered, ingress({ number: 5000 }), given)).toEqual(expected);
  },
);

test('a workload of very many pods is led to as any other', () => {
  const metadata = {
    namespace: 'shop',
    labels: { app: 'web' },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', controller: true }],
  };
  const pods = Array.from({ length: 130_000 }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: `web-${at}` },
    spec: { containers: [] },
  })) as unknown as readonly KubernetesObject[];
  const all = [...pods, ingress({ number: 80 }), service({ port: 80, targetPort: 8080 })];
  expect(ingressConnections(reachabilityOf(all), all).map(connectionTexts)).toEqual([
    ['{ingress-controller}', 'shop/web[StatefulSet]', 'TCP 8080'],
  ]);
}, 60_000);
