import { ingressTargets, serviceTargets } from '../../shared/kubernetes/reachability/ingress-paths';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { trafficText } from '../../shared/kubernetes/reachability/traffic';
import { listening, pod, policy } from './network-given';

const web = pod('shop/web', { app: 'web' }, listening({ name: 'http', containerPort: 8080 }));
const shape = (object = web) => reachabilityOf([object]).workloads[0]!.pods[0]!;
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { app: 'web' },
    ports: [
      { name: 'a', port: 80, targetPort: 'http' },
      { name: 'b', port: 81, targetPort: 9000 },
    ],
  },
};
const route = (reference: object, kind = 'HTTPRoute') => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { name: 'r', namespace: 'edge' },
  spec: { rules: [{ backendRefs: [reference as Record<string, string>] }] },
});

test.each([
  ['a port of a Service of another namespace', { name: 'web', namespace: 'shop', port: 80 }, 'TCP 8080'],
  ['another port', { name: 'web', namespace: 'shop', port: 81 }, 'TCP 9000'],
  ['a Service of its own namespace, which is not there', { name: 'web', port: 80 }, ''],
  ['something else than a Service', { kind: 'Bucket', name: 'web', namespace: 'shop', port: 80 }, ''],
])('a Route of the Gateway API leads to %s', (_, reference, expected) => {
  expect(trafficText(ingressTargets([service, route(reference)])(shape()))).toBe(expected);
});

test('a Route of another group is none of the Gateway API', () => {
  const other = { ...route({ name: 'web', namespace: 'shop', port: 80 }), apiVersion: 'example.com/v1' };
  expect(trafficText(ingressTargets([service, other])(shape()))).toBe('');
});

test('a Service leads to the targets of all of its ports, on the pods that it selects', () => {
  expect(trafficText(serviceTargets(service)(shape()))).toBe('TCP 8080,9000');
  expect(trafficText(serviceTargets(service)(shape(pod('shop/web', { app: 'other' }))))).toBe('');
  expect(trafficText(serviceTargets(service)(shape(pod('bank/web', { app: 'web' }))))).toBe('');
});

test('workloads are of one sort as long as no policy asks for what tells them apart', () => {
  const objects = [pod('shop/a', { app: 'a' }), pod('shop/b', { app: 'b' }), pod('bank/a', { app: 'a' })];
  const sortsOf = (...policies: readonly ReturnType<typeof policy>[]) => {
    const { workloads, sortOf } = reachabilityOf([...objects, ...policies]);
    return new Set(workloads.map(sortOf)).size;
  };
  expect(sortsOf()).toBe(2);
  expect(sortsOf(policy('shop/p', { podSelector: { matchLabels: { app: 'b' } } }))).toBe(3);
});
