import fc from 'fast-check';
import { networkPolicies } from '../../shared/kubernetes/network-policies/findings';
import { networkPoliciesOf } from '../../shared/kubernetes/network-policies/judge';
import { proposalFor } from '../../shared/kubernetes/network-policies/proposal';
import type { NetworkFacts } from '../../shared/kubernetes/network-policies/facts';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { policiesOf } from '../../shared/kubernetes/reachability/policy';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { trafficText } from '../../shared/kubernetes/reachability/traffic';
import { both, listening, namespace, pod, policy } from './network-given';

function proposed(objects: readonly KubernetesObject[], facts: NetworkFacts = {}) {
  const { objects: policies, effects } = proposalFor('shop', objects, reachabilityOf(objects), facts);
  return { policies: policies as unknown as readonly KubernetesObject[], effects };
}

function after(objects: readonly KubernetesObject[], facts: NetworkFacts = {}) {
  const all = [...objects, ...proposed(objects, facts).policies];
  const model = reachabilityOf(all);
  const named = (name: string) => model.workloads.find((one) => one.name === name)!;
  return {
    all,
    between: (from: string, to: string) => trafficText(model.between(named(from), named(to))),
    outside: (name: string) => [...model.outside(named(name), 'ingress'), ...model.outside(named(name), 'egress')],
  };
}

const web = pod(
  'shop/web',
  { app: 'web', 'pod-template-hash': '5d9' },
  listening({ name: 'http', containerPort: 8080 }),
);
const db = pod('shop/db', { app: 'db' }, listening({ containerPort: 5432 }, { containerPort: 5432, protocol: 'UDP' }));
const stranger = pod('other/stranger', { app: 'x' });
const dns = pod('kube-system/coredns', { 'k8s-app': 'kube-dns' });
const cluster = [web, db, stranger, dns];

test('nobody but the namespace itself reaches declared ports, and nothing else stays open', () => {
  const { between, outside } = after(cluster);
  expect(between('web', 'db')).toBe('TCP 5432,UDP 5432');
  expect(between('db', 'web')).toBe('TCP 8080');
  expect([between('stranger', 'web'), between('web', 'stranger')]).toEqual(['', '']);
  expect([...outside('web'), ...outside('db')]).toEqual([]);
});

test('DNS stays alive over UDP and TCP', () => {
  expect(after(cluster).between('web', 'coredns')).toBe('TCP 53,UDP 53');
});

test('with a resolver on the node, its addresses are allowed, too', () => {
  expect(
    after(cluster, { localDns: true })
      .outside('web')
      .map(({ first, last, traffic }) => [first, last, trafficText(traffic)]),
  ).toEqual([['169.254.10.0', '169.254.10.255', 'TCP 53,UDP 53']]);
  expect(after(cluster).outside('web')).toEqual([]);
});

test('labels that change with every rollout are not selected by', () => {
  const selectors = proposed(cluster).policies.map(({ spec }) => JSON.stringify(spec));
  expect(selectors.some((text) => text.includes('"app":"web"'))).toBe(true);
  expect(selectors.filter((text) => text.includes('pod-template-hash'))).toEqual([]);
});

test('what a policy closed before stays closed', () => {
  const closed = policy('shop/db', { podSelector: { matchLabels: { app: 'db' } }, policyTypes: both });
  const { between } = after([...cluster, closed]);
  expect([between('web', 'db'), between('db', 'web'), between('db', 'coredns')]).toEqual(['', '', '']);
  expect(between('web', 'coredns')).toBe('TCP 53,UDP 53');
});

test('a namespace that is closed already gets the default deny alone', () => {
  const closed = policy('shop/all', {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
    policyTypes: both,
  });
  expect(proposed([...cluster, closed]).policies.map(({ metadata }) => metadata.name)).toEqual(['default-deny']);
});

const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
};
const ingress: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
};

test('what an Ingress leads to stays open for its controller, when it is known', () => {
  const objects = [...cluster, service, ingress, pod('edge/controller', { app: 'nginx' })];
  expect(after(objects).between('controller', 'web')).toBe('');
  const known = after(objects, { ingressNamespaces: ['edge'] });
  expect([known.between('controller', 'web'), known.between('controller', 'db')]).toEqual(['TCP 8080', '']);
});

test('clients of a public Service are named, since nobody knows them', () => {
  expect(proposed([...cluster, service]).effects.filter((effect) => effect.includes('Service shop/web'))).toHaveLength(
    1,
  );
  expect(proposed(cluster).effects.filter((effect) => effect.includes('Service'))).toEqual([]);
});

test('the agents still scrape a pod that asks for it, on its port alone', () => {
  const scraped = pod(
    'shop/web',
    { app: 'web' },
    {
      ...listening({ containerPort: 8080 }),
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
    },
  );
  const objects = [scraped, pod('kube-system/logs', { dsName: 'ama-logs-ds' }), pod('kube-system/other')];
  const { between } = after(objects);
  expect([between('logs', 'web'), between('other', 'web')]).toEqual(['TCP 9090', '']);
});

test.each([
  ['istio.io/rev', 'aks-istio-system/istiod', 'istiod', 'TCP 15012'],
  ['openservicemesh.io/monitored-by', 'kube-system/osm', 'osm-controller', 'TCP 15128'],
])('a namespace with the label %s still reaches the control plane of its mesh', (label, path, app, expected) => {
  const name = path.split('/')[1]!;
  const control = pod(path, { app });
  expect(after([namespace('shop', { [label]: 'x' }), web, control]).between('web', name)).toBe(expected);
  expect(after([namespace('shop'), web, control]).between('web', name)).toBe('');
});

test('what would break is named', () => {
  const { effects } = proposed(cluster);
  expect(effects).toContain(
    'shop/db[Pod] is no longer reached from outside the cluster (All Connections), kube-system/coredns[Pod] (All Connections), other/stranger[Pod] (All Connections), shop/web[Pod] (SCTP 1-65535,TCP 1-5431,5433-65535,UDP 1-5431,5433-65535)',
  );
  expect(effects).toContain(
    'shop/web[Pod] no longer reaches outside the cluster (All Connections), kube-system/coredns[Pod] (SCTP 1-65535,TCP 1-52,54-65535,UDP 1-52,54-65535), other/stranger[Pod] (All Connections), shop/db[Pod] (SCTP 1-65535,TCP 1-5431,5433-65535,UDP 1-5431,5433-65535)',
  );
});

test('in a big cluster the dry run is left out, and said so', () => {
  const many = Array.from({ length: 80 }, (_, n) => pod(`shop/p${n}`, { app: `a${n}` }));
  expect(proposed(many).effects.at(-1)).toMatch(/^everything else that its 80 workloads exchange with the 80/);
});

test('a policy that somebody wrote is not overwritten, and workloads of one name do not overwrite each other', () => {
  const mine = policy('shop/default-deny', { podSelector: { matchLabels: { app: 'old' } } });
  const set: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      template: { metadata: { labels: { app: 'set' } }, spec: { containers: [{ ports: [{ containerPort: 1 }] }] } },
    },
  };
  expect(proposed([web, set, mine]).policies.map(({ metadata }) => metadata.name)).toEqual([
    'default-deny-2',
    'allow-dns-of-pods',
    'allow-egress-of-pods',
    'allow-ingress-to-web',
    'allow-ingress-to-web-2',
  ]);
});

test('pods without lasting labels are told, and get no rule that means others', () => {
  const { policies, effects } = proposed([
    pod('shop/bare', { 'pod-template-hash': 'x' }, listening({ containerPort: 80 })),
  ]);
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['default-deny', 'allow-dns-of-pods']);
  expect(effects.some((effect) => effect.startsWith('no labels tell shop/bare[Pod]'))).toBe(true);
});

test('a proposal closes the namespace, is valid, and is not made a second time', () => {
  const ports = fc.array(
    fc.record({ containerPort: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }),
    { maxLength: 3 },
  );
  const anyPod = fc
    .tuple(fc.constantFrom('a', 'b', 'c', 'd'), ports)
    .map(([name, ports]) => pod(`shop/${name}`, { app: name }, listening(...ports)));
  const anyPolicy = fc
    .tuple(fc.nat(9), fc.constantFrom('a', 'b', undefined), fc.constantFrom(['Ingress'], ['Egress'], both))
    .map(([n, app, policyTypes]) =>
      policy(`shop/p${n}`, { podSelector: app === undefined ? {} : { matchLabels: { app } }, policyTypes }),
    );
  fc.assert(
    fc.property(
      fc.uniqueArray(anyPod, { selector: ({ metadata }) => metadata.name, minLength: 1 }),
      fc.uniqueArray(anyPolicy, { maxLength: 3, selector: ({ metadata }) => metadata.name }),
      (pods, policies) => {
        const objects = [...pods, ...policies];
        const { policies: added } = proposed(objects);
        expect(policiesOf(added).problems).toEqual([]);
        expect(new Set(added.map(({ metadata }) => metadata.name)).size).toBe(added.length);
        const [judged] = networkPoliciesOf([...objects, ...added]).namespaces;
        expect(['default deny', 'zero trust']).toContain(judged!.grade);
        const findings = networkPolicies.judge([...objects, ...added], {});
        expect(findings.filter(({ propose }) => propose !== undefined)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
