import { join } from 'node:path';
import { readKinds } from '../../shared/kubernetes/kinds';
import { kind, names, readIn } from './cluster-reads';
import { startSandbox, type Sandbox } from './sandbox';
import { loadEstate, type Estate } from './subscription/index';

jest.setTimeout(60_000);

let sandbox: Sandbox;
let estate: Estate;

beforeEach(async () => {
  estate = await loadEstate(join(__dirname, 'estate'));
  sandbox = await startSandbox({ estate, settings: { REMEDIATE: '' } });
  sandbox.subscription.seed(estate.resources);
});
afterEach(() => sandbox.close());

test('the app reads every kind in a cluster that goes by Azure’s role assignments', async () => {
  const [namespaces, ingresses, bindings] = await readIn(sandbox, estate, 'aks-shop', [
    kind('namespaces'),
    kind('ingresses', 'networking.k8s.io'),
    kind('clusterrolebindings', 'rbac.authorization.k8s.io'),
  ]);
  expect(names(namespaces)).toEqual(['default', 'kube-system', 'shop']);
  expect(names(ingresses)).toEqual(['storefront']);
  expect(names(bindings)).toEqual(['developers-are-admins']);
  const all = await readIn(sandbox, estate, 'aks-pay', readKinds);
  expect(all.filter(({ state }) => state === 'unread')).toEqual([]);
  expect(sandbox.subscription.requests.filter(({ path }) => /\/secrets$/i.test(path))).toEqual([]);
  const configMaps = sandbox.subscription.requests.filter(({ path }) => /\/configmaps$/.test(path));
  expect(configMaps.map(({ query }) => query['fieldSelector'])).toEqual([
    'metadata.name=cilium-config',
    'metadata.name=container-azm-ms-agentconfig',
    'metadata.name=osm-config',
  ]);
});

test('a cluster that does not answer is unread, with what to do', async () => {
  sandbox.subscription.faults.add({
    match: ({ path }) => path.includes('/aks-pay/version'),
    answer: { kind: 'disconnect' },
    times: Infinity,
  });
  const [pods, policies] = await readIn(sandbox, estate, 'aks-pay', [
    kind('pods'),
    kind('networkpolicies', 'networking.k8s.io'),
  ]);
  expect(names(pods)).toMatch(
    /^ClusterNotReached: the API server localhost does not answer the app .* → give the app a way to the API server/,
  );
  expect(policies).toEqual(pods);
});
