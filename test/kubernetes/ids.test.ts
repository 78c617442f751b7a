import { isClusterScoped, objectIdOf, pluralOf, referenceOf, wholeCluster } from '../../shared/kubernetes/ids';
import { readJson, testWith } from '../policy/shared-files';

const cluster = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-1';

test.each([
  ['Deployment', 'deployments'],
  ['Ingress', 'ingresses'],
  ['IngressClass', 'ingressclasses'],
  ['NetworkPolicy', 'networkpolicies'],
  ['Gateway', 'gateways'],
  ['Endpoints', 'endpoints'],
  ['EndpointSlice', 'endpointslices'],
  ['StorageClass', 'storageclasses'],
  ['PodSecurityPolicy', 'podsecuritypolicies'],
  ['HTTPRoute', 'httproutes'],
  ['Proxy', 'proxies'],
])('the plural of %s is %s', (kind, plural) => {
  expect(pluralOf(kind)).toBe(plural);
});

test('an object of a namespace has the namespace in its id', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team-a', name: 'web' };
  expect(objectIdOf(cluster, object)).toBe(`${cluster}/kubernetes/apps/v1/namespaces/team-a/deployments/web`);
});

test('the core group is called core, and what belongs to no namespace has none', () => {
  expect(objectIdOf(cluster, { apiVersion: 'v1', kind: 'Namespace', name: 'team-a' })).toBe(
    `${cluster}/kubernetes/core/v1/namespaces/team-a`,
  );
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', namespace: 'ignored', name: 'view' };
  expect(objectIdOf(cluster, role)).toBe(`${cluster}/kubernetes/rbac.authorization.k8s.io/v1/clusterroles/view`);
});

test('the cluster as a whole has the id of the cluster', () => {
  expect(objectIdOf(cluster, wholeCluster)).toBe(cluster);
});

test('a kind of another group that has the same name is not cluster-scoped', () => {
  expect(isClusterScoped({ apiVersion: 'v1', kind: 'Node' })).toBe(true);
  expect(isClusterScoped({ apiVersion: 'example.com/v1', kind: 'Node' })).toBe(false);
});

test('an object without a name goes by the beginning of the name that it will get', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'nightly-', namespace: 'team-a' } };
  expect(referenceOf(job)).toEqual({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'team-a', name: 'nightly-' });
});

interface Listed {
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

testWith('estate/estate.json')('every object of the landing zone has the id that is listed for it', () => {
  const { kubernetes } = readJson('estate/estate.json') as unknown as { readonly kubernetes: readonly Listed[] };
  const wrong = kubernetes.filter(({ id, ...object }) => objectIdOf(id.split('/kubernetes/')[0]!, object) !== id);
  expect(kubernetes.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});
