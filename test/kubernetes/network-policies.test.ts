import { engineOf } from '../../shared/kubernetes/network-policies/facts';
import { networkPolicies } from '../../shared/kubernetes/network-policies/findings';
import { networkPoliciesOf } from '../../shared/kubernetes/network-policies/judge';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { testWith } from '../policy/shared-files';
import { estateObjects } from './given';
import { both, denyAll, listening, namespace, pod, policy } from './network-given';

const web = pod('shop/web', { app: 'web' }, listening({ name: 'http', containerPort: 8080 }));
const narrow = policy('shop/web', {
  podSelector: { matchLabels: { app: 'web' } },
  policyTypes: both,
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 'http' }] }],
});

const judged = (objects: readonly KubernetesObject[], facts = {}) =>
  networkPoliciesOf(objects, facts).namespaces.find((one) => one.namespace === 'shop')!;
const rules = (objects: readonly KubernetesObject[], facts = {}) =>
  judged(objects, facts)
    .problems.filter(({ mild }) => !mild)
    .map(({ rule }) => rule);

const findingOf = (objects: readonly KubernetesObject[], name: string, facts = {}) =>
  networkPolicies.judge(objects, facts).find(({ object }) => object.name === name)!;

test.each<[string, readonly KubernetesObject[], string, readonly string[]]>([
  ['no policy at all', [web], 'none', ['no-policy']],
  [
    'a policy about other pods',
    [web, policy('shop/p', { podSelector: { matchLabels: { app: 'x' } } })],
    'partial',
    ['not-isolated', 'not-isolated', 'no-default-deny-ingress', 'no-default-deny-egress', 'selects-nothing'],
  ],
  [
    'ingress alone',
    [web, policy('shop/p', { podSelector: {} })],
    'partial',
    ['not-isolated', 'no-default-deny-egress'],
  ],
  ['every pod of today', [web, narrow], 'covered', ['no-default-deny-ingress', 'no-default-deny-egress']],
  [
    'an opening beside a default deny',
    [web, denyAll('shop'), policy('shop/open', { podSelector: {}, ingress: [{}] })],
    'default deny',
    ['no-peers'],
  ],
  ['a default deny and what is needed', [web, narrow, denyAll('shop')], 'zero trust', []],
  ['a namespace without pods, closed', [namespace('shop'), denyAll('shop')], 'zero trust', []],
  [
    'a namespace without pods, half closed',
    [namespace('shop'), policy('shop/p', { podSelector: {} })],
    'covered',
    ['no-default-deny-egress'],
  ],
])('%s is graded', (_name, objects, grade, problems) => {
  expect(judged(objects).grade).toBe(grade);
  expect(rules(objects)).toEqual(problems);
});

test.each<[string, object, string, string]>([
  ['no peers and no ports', { egress: [{}] }, 'no-peers', 'high'],
  ['ports and no peers', { egress: [{ ports: [{ port: 15128 }] }] }, 'no-peers', 'medium'],
  ['every namespace', { egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 443 }] }] }, 'every-pod', 'medium'],
  [
    'every pod of every namespace',
    { egress: [{ to: [{ namespaceSelector: {}, podSelector: {} }], ports: [{ port: 443 }] }] },
    'every-pod',
    'medium',
  ],
  [
    'every address',
    { egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] }] },
    'every-address',
    'medium',
  ],
  [
    'every address of IPv6',
    { egress: [{ to: [{ ipBlock: { cidr: '::/0' } }], ports: [{ port: 443 }] }] },
    'every-address',
    'medium',
  ],
  [
    'both halves of all addresses',
    {
      egress: [
        { to: [{ ipBlock: { cidr: '0.0.0.0/1' } }, { ipBlock: { cidr: '128.0.0.0/1' } }], ports: [{ port: 443 }] },
      ],
    },
    'every-address',
    'medium',
  ],
  ['no ports', { egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] }, 'no-ports', 'low'],
  [
    'a wide range of ports',
    { egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 1000, endPort: 1100 }] }] },
    'wide-ports',
    'low',
  ],
])('a rule with %s is an opening', (_name, spec, rule, severity) => {
  const problems = judged([
    web,
    denyAll('shop'),
    policy('shop/open', { podSelector: {}, policyTypes: ['Egress'], ...spec }),
  ]).problems;
  expect(problems.filter(({ mild }) => !mild).map((one) => [one.rule, one.severity])).toEqual([[rule, severity]]);
});

test.each<[string, object, string]>([
  ['every pod of the namespace', { from: [{ podSelector: {} }], ports: [{ port: 8080 }] }, 'own-namespace'],
  [
    'labels that anybody can set',
    { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: 'x' } } }], ports: [{ port: 8080 }] },
    'labels-alone',
  ],
  ['a very wide range', { from: [{ ipBlock: { cidr: '128.0.0.0/2' } }], ports: [{ port: 8080 }] }, 'wide-range'],
  [
    'a port that no container declares',
    { from: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 9999 }] },
    'undeclared-port',
  ],
  [
    'a name that no container has',
    { from: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 'grpc' }] },
    'undeclared-port',
  ],
])('a rule with %s is short of zero trust and no violation', (_name, rule, expected) => {
  const objects = [
    web,
    denyAll('shop'),
    policy('shop/open', { podSelector: { matchLabels: { app: 'web' } }, ingress: [rule] }),
  ];
  expect(judged(objects).grade).toBe('default deny');
  expect(judged(objects).problems.map(({ rule, mild }) => [rule, mild])).toEqual([[expected, true]]);
});

test('a rule of 100 ports is no wide range, and the limit can be given', () => {
  const spec = {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 1000, endPort: 1099 }] }],
  };
  expect(rules([web, denyAll('shop'), policy('shop/p', spec)])).toEqual([]);
  expect(rules([web, denyAll('shop'), policy('shop/p', spec)], { widestRange: 50 })).toEqual(['wide-ports']);
});

test('a problem of a policy names its field', () => {
  const open = policy('shop/open', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [{ podSelector: { matchLabels: { a: 'b' } } }, { ipBlock: { cidr: '0.0.0.0/0' } }],
        ports: [{ port: 443 }],
      },
    ],
  });
  const [problem] = judged([web, denyAll('shop'), open]).problems;
  expect([problem?.object, problem?.path]).toEqual([open, 'spec.egress[0].to[1]']);
});

test('DNS over UDP alone is told, and not when another rule has TCP', () => {
  const dns = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } };
  const udp = { to: [dns], ports: [{ port: 53, protocol: 'UDP' }] };
  const egress = (...rules: object[]) =>
    policy('shop/dns', { podSelector: {}, policyTypes: ['Egress'], egress: rules });
  expect(rules([web, denyAll('shop'), egress(udp)])).toEqual(['dns-without-tcp']);
  expect(rules([web, denyAll('shop'), egress(udp, { to: [dns], ports: [{ port: 53 }] })])).toEqual([]);
  expect(
    rules([web, denyAll('shop'), egress(udp, { to: [{ ipBlock: { cidr: '10.0.0.10/32' } }], ports: [{ port: 53 }] })]),
  ).toEqual(['dns-without-tcp']);
});

test('a pod that asks to be scraped needs a rule for the agents, once it is isolated', () => {
  const scraped = pod(
    'shop/web',
    { app: 'web' },
    { ...listening({ containerPort: 9090 }), annotations: { 'prometheus.io/scrape': 'true' } },
  );
  const allow = (space: string) =>
    policy('shop/scrape', {
      podSelector: {},
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': space } } }],
          ports: [{ port: 9090 }],
        },
      ],
    });
  expect(rules([scraped, denyAll('shop')])).toEqual(['no-scrape']);
  expect(rules([scraped, denyAll('shop'), allow('other')])).toEqual(['no-scrape']);
  expect(rules([scraped, denyAll('shop'), allow('kube-system')])).toEqual([]);
  expect(rules([scraped])).toEqual(['no-policy']);
});

test('rules that their types leave out are dead, and a refused policy is told', () => {
  const dead = policy('shop/dead', {
    podSelector: {},
    policyTypes: ['Ingress'],
    egress: [{ to: [{ podSelector: {} }] }],
  });
  expect(rules([web, denyAll('shop'), dead])).toEqual(['dead-rules']);
  expect(rules([web, denyAll('shop'), policy('shop/odd', { podSelector: {}, ingress: [{ from: [{}] }] })])).toEqual([
    'refused',
  ]);
});

test('pods in the network of their node and pods that ended do not count; the former are named', () => {
  const host = pod('shop/agent', {}, { spec: { hostNetwork: true } });
  const done = pod('shop/job', {}, { status: { phase: 'Succeeded' } });
  const { grade, notes } = judged([web, narrow, denyAll('shop'), host, done]);
  expect(grade).toBe('zero trust');
  expect(notes).toEqual(["no policy reaches pods in their node's network: shop/agent[Pod]"]);
  expect(judged([web, narrow, done]).grade).toBe('covered');
});

const cilium = (spec: object, kind = 'CiliumNetworkPolicy'): KubernetesObject => ({
  apiVersion: 'cilium.io/v2',
  kind,
  metadata: kind === 'CiliumNetworkPolicy' ? { name: 'c', namespace: 'shop' } : { name: 'c' },
  spec: spec as never,
});
const every = { endpointSelector: {} };

test.each<[string, KubernetesObject, string, boolean]>([
  ['the deny-all form is a default deny', cilium({ ...every, ingress: [{}], egress: [{}] }), 'zero trust', false],
  [
    'of the whole cluster, too',
    cilium({ ...every, ingress: [{}], egress: [{}] }, 'CiliumClusterwideNetworkPolicy'),
    'zero trust',
    false,
  ],
  ['empty lists deny nothing', cilium({ ...every, ingress: [], egress: [] }), 'partial', false],
  [
    'rules that nobody here reads leave a doubt',
    cilium({ ...every, ingress: [{ fromEndpoints: [{}] }], egress: [{}] }),
    'default deny',
    true,
  ],
  [
    'a default deny that is switched off is none',
    cilium({ ...every, ingress: [{}], egress: [{}], enableDefaultDeny: { ingress: false, egress: false } }),
    'partial',
    false,
  ],
  [
    'a default deny that is asked for counts',
    cilium({ ...every, enableDefaultDeny: { ingress: true, egress: true } }),
    'zero trust',
    false,
  ],
])('Cilium: %s', (_name, object, grade, doubt) => {
  const found = judged([web, object]);
  expect([found.grade, found.unknown.length > 0]).toEqual([grade, doubt]);
});

test('policies of Cilium have no effect under another engine', () => {
  expect(judged([web, cilium({ ...every, ingress: [{}], egress: [{}] })], { engine: 'calico' }).grade).toBe('none');
});

test.each([
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', undefined, 'unknown'],
  ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', undefined, 'unknown'],
  ['projectcalico.org/v3', 'NetworkPolicy', 'shop', 'unknown'],
  ['projectcalico.org/v3', 'NetworkPolicy', 'other', 'open'],
])('a policy of %s %s in %s may be the real deny: the namespace is %s', (apiVersion, kind, space, outcome) => {
  const strange = { apiVersion, kind, metadata: { name: 'top', ...(space === undefined ? {} : { namespace: space }) } };
  const { problems, unknown = [] } = findingOf([web, strange], 'shop');
  expect(problems.length > 0).toBe(outcome === 'open');
  expect(unknown).toEqual(
    outcome === 'open' ? [] : [`what ${kind} top allow or deny is not understood; look at their rules`],
  );
});

test('pods that may send something but resolve no names are told about it', () => {
  const out = (...rules: object[]) => policy('shop/out', { podSelector: {}, policyTypes: ['Egress'], egress: rules });
  const https = { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 443 }] };
  const dns = (cidr: string) => ({ to: [{ ipBlock: { cidr } }], ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] });
  const advice = (objects: readonly KubernetesObject[], facts = {}) =>
    judged(objects, facts)
      .problems.filter(({ rule }) => rule === 'no-dns')
      .map(({ reason }) => reason);
  expect(advice([web, denyAll('shop')])).toEqual([]);
  expect(advice([web, denyAll('shop'), out(https)])).toEqual([
    'shop/web[Pod] has egress rules but none for DNS (UDP and TCP 53), so that it can resolve no names',
  ]);
  expect(advice([web, denyAll('shop'), out(https, dns('10.0.0.10/32'))])).toEqual([]);
  expect(advice([web, denyAll('shop'), out(https, dns('10.0.0.10/32'))], { localDns: true })).toHaveLength(1);
  expect(advice([web, denyAll('shop'), out(https, dns('169.254.10.0/24'))], { localDns: true })).toEqual([]);
});

test('a policy is not said to select nothing when the pods cannot be read', () => {
  const unread = { unread: new Map([['Pod', '403 Forbidden']]) };
  expect(findingOf([narrow], 'web').problems.map(({ rule }) => rule)).toEqual(['selects-nothing']);
  expect(findingOf([narrow], 'web', unread).problems).toEqual([]);
});

test('with Cilium, its policies have to be read, too', () => {
  const cluster = { networkProfile: { networkDataplane: 'cilium' } };
  const unread = new Map([['CiliumNetworkPolicy', '403 Forbidden']]);
  expect(findingOf([web], 'shop', { cluster, unread }).problems).toEqual([]);
  expect(
    findingOf([web], 'shop', { cluster: { networkProfile: { networkPolicy: 'calico' } }, unread }).problems,
  ).toHaveLength(1);
});

test.each<[string, object | undefined, string]>([
  ['nothing known', undefined, 'unknown'],
  ['none', { networkPlugin: 'azure', networkPolicy: 'none' }, 'none'],
  ['nothing chosen', { networkPlugin: 'azure' }, 'none'],
  ['Calico', { networkPolicy: 'Calico' }, 'calico'],
  ['Azure', { networkPolicy: 'azure' }, 'azure'],
  ['the Cilium data plane', { networkPolicy: 'azure', networkDataplane: 'cilium' }, 'cilium'],
  ['a plugin that people brought', { networkPlugin: 'none' }, 'unknown'],
])('the engine of a cluster with %s', (_name, profile, engine) => {
  expect(engineOf(profile)).toBe(engine);
});

test('without an engine the cluster has a finding of its own', () => {
  const profile = { networkProfile: { networkPlugin: 'azure' } };
  const found = networkPolicies.judge([web, narrow, denyAll('shop')], { cluster: profile });
  expect(found.find(({ object }) => object.kind === 'Cluster')!.problems.map(({ rule }) => rule)).toEqual([
    'no-engine',
  ]);
});

test.each([
  ['cilium', 'Windows', ['no-engine-on-windows']],
  ['cilium', 'Linux', []],
  ['calico', 'Windows', []],
])('of the engine %s on nodes with %s is told: %j', (networkPolicy, osType, rules) => {
  const cluster = { networkProfile: { networkPolicy }, agentPoolProfiles: [{ name: 'pool', osType }] };
  const found = networkPolicies.judge([web], { cluster }).find(({ object }) => object.kind === 'Cluster')!;
  expect(found.problems.map(({ rule }) => rule)).toEqual(rules);
});

test('the namespaces of an extension that ARM shows are provided by AKS', () => {
  const extensions = [{ properties: { extensionType: 'microsoft.flux' } }];
  const finding = findingOf([namespace('flux-system'), pod('flux-system/p')], 'flux-system', { extensions });
  expect(finding).toMatchObject({ problems: [], unknown: [] });
  expect(finding.propose).toBeUndefined();
});

test('policies that cannot be read make every namespace unknown', () => {
  const { problems, unknown } = findingOf([web], 'shop', { unread: new Map([['NetworkPolicy', '403 Forbidden']]) });
  expect(problems).toEqual([]);
  expect(unknown).toEqual(['objects of kind NetworkPolicy cannot be read: 403 Forbidden']);
});

test.each([
  ['kube-system', {}, true],
  ['flux-system', {}, false],
  ['flux-system', { 'kubernetes.azure.com/managedby': 'aks' }, true],
  ['mine', { 'kubernetes.azure.com/managedby': 'aks' }, false],
  ['default', {}, false],
])('%s with labels %j is provided by AKS: %s', (name, labels, managed) => {
  const objects = [namespace(name, labels as Record<string, string>), pod(`${name}/p`)];
  const finding = findingOf(objects, name);
  expect(finding.problems.length === 0).toBe(managed);
  expect(finding.propose === undefined).toBe(managed);
  expect(finding.problems.some(({ rule }) => rule === 'claims-to-be-managed')).toBe(name === 'mine');
});

testWith('estate')('of the landing zone, what is open is found and nothing else', () => {
  const found = networkPolicies
    .judge(estateObjects(), {})
    .flatMap(({ object, problems }) =>
      problems.map(({ rule, path }) => [object.namespace ?? '', object.name, rule, path].join(' ').trim()),
    );
  expect(found.filter((line) => line.startsWith('a0005') || line.startsWith('default')).toSorted()).toEqual([
    'a0005-i default dns-without-tcp spec.egress[0].ports',
    'a0005-i microservice-c no-peers spec.egress[0]',
    'a0005-i web-frontend no-peers spec.egress[0]',
    'a0005-o default dns-without-tcp spec.egress[0].ports',
    'a0005-o microservice-a every-address spec.egress[2].to[0]',
    'a0005-o microservice-a no-peers spec.egress[0]',
    'a0005-o microservice-b no-peers spec.egress[0]',
  ]);
});
