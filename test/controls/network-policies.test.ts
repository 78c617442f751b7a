import { networkPolicies } from '../../shared/controls/network-policies';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { both, denyAll, listening, pod, policy } from '../kubernetes/network-given';
import {
  broken,
  clusterHaving,
  clusterId,
  judgedIn,
  namespace,
  neverGuesses,
  told,
  wrongValues,
} from './in-cluster-given';

const web = pod('shop/web', { app: 'web' }, listening({ containerPort: 8080, protocol: 'TCP' }));
const fromGate = policy('shop/web', {
  podSelector: { matchLabels: { app: 'web' } },
  policyTypes: ['Ingress'],
  ingress: [
    {
      from: [{ podSelector: { matchLabels: { app: 'gate' } } }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ],
});
const gate = pod('shop/gate', { app: 'gate' });
const good = [namespace('shop'), web, gate, denyAll('shop'), fromGate];

const [engine, shop] = ['cluster#engine', 'core/v1/namespaces/shop'];
const at = (name: string): string => `networking.k8s.io/v1/namespaces/shop/networkpolicies/${name}`;
const of = (...objects: readonly KubernetesObject[]) => told(judgedIn(networkPolicies, objects));

neverGuesses(networkPolicies, good);

test('a namespace with a default deny, and policies that open what is needed, is compliant, with its policies', () => {
  expect(of(...good)).toEqual({
    [engine]: expect.stringMatching(/^compliant/),
    [shop]: expect.stringMatching(/^compliant: .*the grade of the namespace is "zero trust"/),
    [at('deny')]: expect.stringMatching(/^compliant/),
    [at('web')]: expect.stringMatching(/^compliant/),
  });
});

test('a namespace without a policy is a serious violation, and there is a proposal for it', () => {
  const { aspects = [], verdict } = judgedIn(networkPolicies, [namespace('shop'), web]);
  expect(verdict).toEqual({
    state: 'violation',
    problems: [{ severity: 'high', reason: '1 of 2 not met: namespaces/shop' }],
  });
  expect(told({ verdict, aspects })[shop]).toMatch(/^violation, high: namespace shop has no network policy/);
  expect(aspects.find(({ key }) => key.endsWith('/shop'))).toMatchObject({
    subject: `${clusterId}/kubernetes/core/v1/namespaces/shop`,
    proposes: true,
  });
});

test.each<[string, KubernetesObject, RegExp]>([
  [
    'closed for ingress alone',
    policy('shop/deny', { podSelector: {}, policyTypes: ['Ingress'] }),
    /^violation, high: .*egress/,
  ],
  [
    'whose policy selects one of two pods',
    policy('shop/deny', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: both }),
    /^violation, high: no policy isolates .*gate/,
  ],
])('a namespace %s is a violation', (_, only, expected) => {
  expect(of(namespace('shop'), web, gate, only)[shop]).toMatch(expected);
});

test.each<[string, object, RegExp]>([
  ['everybody', { from: [{ namespaceSelector: {} }], ports: [{ port: 8080 }] }, /^violation/],
  ['the world', { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 8080 }] }, /^violation/],
  ['any peer', { ports: [{ port: 8080 }] }, /^violation/],
  ['any port', { from: [{ podSelector: { matchLabels: { app: 'gate' } } }] }, /^violation/],
])('a policy that lets %s in is a violation of its own, while the namespace stays closed', (_, rule, expected) => {
  const open = policy('shop/web', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [rule],
  });
  const verdicts = of(namespace('shop'), web, gate, denyAll('shop'), open);
  expect(verdicts[at('web')]).toMatch(expected);
  expect(verdicts[shop]).toMatch(/^compliant/);
});

test('a cluster without an engine for policies is a serious violation, whatever the policies say; another field makes it right', () => {
  const subject = clusterHaving({ networkProfile: { networkPlugin: 'azure', networkPolicy: 'none' } });
  const { verdict, aspects = [] } = judgedIn(networkPolicies, good, { subject });
  expect(told({ verdict, aspects })[engine]).toMatch(/^violation, high: nothing in the cluster enforces/);
  expect(aspects[0]).toMatchObject({ key: `${clusterId}#engine` });
  expect(aspects[0]).not.toHaveProperty('subject');
  const enforced = clusterHaving({ networkProfile: { networkPlugin: 'azure', networkPolicy: 'calico' } });
  expect(told(judgedIn(networkPolicies, good, { subject: enforced }))[engine]).toMatch(/^compliant/);
});

test.each([
  ['whose resource says nothing of its network', undefined],
  ['with a network that somebody brought', { networkPlugin: 'none' }],
])('of a cluster %s the engine is unknown, not absent', (_, networkProfile) => {
  const subject = clusterHaving({ networkProfile });
  expect(told(judgedIn(networkPolicies, good, { subject }))[engine]).toMatch(/^unknown/);
});

test('namespaces of AKS are shown, and nothing about them is a problem', () => {
  const verdicts = of(namespace('kube-system'), pod('kube-system/coredns', { app: 'dns' }));
  expect(verdicts['core/v1/namespaces/kube-system']).toMatch(/^notApplicable: kube-system is a namespace of AKS/);
  const label = { 'kubernetes.azure.com/managedby': 'aks' };
  expect(of(namespace('shop', label), web)[shop]).toMatch(/^violation, high/);
});

test('a pod in the network of its node is named, for no policy reaches it', () => {
  const agent = pod('shop/agent', { app: 'agent' }, { spec: { hostNetwork: true } });
  expect(of(...good, agent)[shop]).toMatch(/^compliant: .*no policy reaches pods in their node's network: .*agent/);
});

const cilium = (spec: object): KubernetesObject =>
  ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'deny', namespace: 'shop' },
    spec,
  }) as never;

test('a policy of Cilium closes a namespace where Cilium enforces it, and nowhere else', () => {
  const deny = cilium({ endpointSelector: {}, ingress: [{}], egress: [{}] });
  expect(of(namespace('shop'), web, deny)[shop]).toMatch(/^compliant/);
  const calico = clusterHaving({ networkProfile: { networkPolicy: 'calico' } });
  const elsewhere = judgedIn(networkPolicies, [namespace('shop'), web, deny], { subject: calico });
  expect(told(elsewhere)[shop]).toMatch(/^violation, high/);
});

test.each(wrongValues)('a policy whose spec is %s never closes a namespace without doubt', (_, spec) => {
  const { verdict } = judgedIn(networkPolicies, [namespace('shop'), web, broken(denyAll('shop'), 'spec', spec)]);
  expect(verdict.state).toBe('violation');
});

test('a policy whose selector has an operator that there is not is refused by the API server, and protects nothing', () => {
  const refused = policy('shop/deny', {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'Near' }] },
    policyTypes: both,
  });
  expect(judgedIn(networkPolicies, [namespace('shop'), web, refused]).verdict.state).toBe('violation');
});
