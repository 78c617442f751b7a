import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { networkPolicyCases } from '../../shared/kubernetes/reachability/cases';
import { differencesOf, type ReachabilityCase } from '../../shared/kubernetes/reachability/conformance';

const folder = resolve('../shared/kubernetes/networkpolicy');
const isThere = existsSync(folder);
if (!isThere) console.log(`skipped: ${folder} is not there`);

const read = (name: string): string => readFileSync(resolve(folder, name), 'utf8');

interface FileCase {
  readonly id: string;
  readonly question: string;
}

const cases = isThere ? (JSON.parse(read('index.json')) as { cases: (FileCase & ReachabilityCase)[] }).cases : [];

const objectsOf = (id: string): readonly KubernetesObject[] =>
  readManifests(read(`cases/${id}.yaml`), `${id}.yaml`).manifests.map(({ object }) => object);

if (isThere) {
  test.each(cases.map((one) => [`${one.question} of ${one.id}`, one] as const))(
    '%s: the answer is the expected one',
    (_name, one) => {
      expect(differencesOf(objectsOf(one.id), one)).toEqual([]);
    },
  );
}

(isThere ? test : test.skip)('the run over the folder counts every case', () => {
  expect(networkPolicyCases({ names: [], read })).toEqual({ passed: cases.length, failures: [] });
});

const pod = (name: string, labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels },
  spec: { containers: [{ name: 'c' }] },
});

const denyWeb: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'shop' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress', 'Egress'] },
};

test('a case that expects something else names each difference', () => {
  const objects = [pod('web', { app: 'web' }), denyWeb];
  expect(
    differencesOf(objects, {
      question: 'connections',
      expect: { connections: [['shop/web[Pod]', '10.0.0.0-10.0.0.255[External]', 'TCP 443']] },
    }),
  ).toEqual(['missing connection: shop/web[Pod] | 10.0.0.0-10.0.0.255[External] | TCP 443']);
  expect(differencesOf(objects, { question: 'dangling', expect: { dangling: true } })).toEqual([
    'dangling: false instead of true',
  ]);
  expect(
    differencesOf([...objects, pod('db', { app: 'db' })], {
      question: 'covered',
      expect: { covered: { ingress: true, egress: false } },
    }),
  ).toEqual(['covered for ingress: false instead of true']);
});

test('a case with a question that nobody knows fails and says so', () => {
  const files = {
    names: [],
    read: (name: string) =>
      name === 'index.json' ? JSON.stringify({ cases: [{ id: 'odd', question: 'weather', expect: {} }] }) : '',
  };
  expect(networkPolicyCases(files)).toEqual({
    passed: 0,
    failures: ['odd: the question "weather" is not known'],
  });
});

test('ranges that are cut at other borders are the same ranges', () => {
  const allow: KubernetesObject = {
    ...denyWeb,
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }] }],
    },
  };
  const connections = [
    ['shop/web[Pod]', '10.0.0.0-10.0.0.99[External]', 'All Connections'],
    ['shop/web[Pod]', '10.0.0.100-10.0.0.255[External]', 'All Connections'],
  ] as const;
  expect(
    differencesOf([pod('web', { app: 'web' }), allow], { question: 'connections', expect: { connections } }),
  ).toEqual([]);
});

const exposed = (
  rule: { readonly from: readonly object[]; readonly ports?: readonly object[] },
  ingress: readonly (readonly [string, string, string])[],
  connections: readonly (readonly [string, string, string])[] = [],
) =>
  differencesOf(
    [
      pod('web', { app: 'web' }),
      { ...denyWeb, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [rule] } },
    ] as readonly KubernetesObject[],
    { question: 'connections', expect: { connections, exposure: { ingress, egress: [] } } },
  );

test('an expected exposure may give the values of a requirement in any order', () => {
  const from = [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['web', 'api'] }] } }];
  const answer = (values: string) =>
    exposed({ from }, [
      ['shop/web[Pod]', `shop/[pod with {{Key:role,Operator:In,Values:[${values}],}}]`, 'All Connections'],
    ]);
  expect(answer('web api')).toEqual([]);
  expect(answer('api web')).toEqual([]);
  expect(answer('api')).toHaveLength(2);
});

test('an expected exposure names the outside only for workloads that are open to pods, too', () => {
  const block = { ipBlock: { cidr: '10.0.0.0/24' } };
  const outside = ['10.0.0.0-10.0.0.255[External]', 'shop/web[Pod]', 'TCP 443'] as const;
  const open = (from: readonly object[], ingress: readonly (readonly [string, string, string])[]) =>
    exposed({ from, ports: [{ port: 443 }] }, ingress, [outside]);
  const cluster = ['shop/web[Pod]', 'entire-cluster', 'TCP 443'] as const;
  const repeated = ['shop/web[Pod]', '10.0.0.0-10.0.0.255[External]', 'TCP 443'] as const;
  expect(open([block], [])).toEqual([]);
  expect(open([block, { namespaceSelector: {} }], [cluster, repeated])).toEqual([]);
  expect(open([block, { namespaceSelector: {} }], [cluster])).toEqual([
    'unexpected ingress exposure: shop/web[Pod] | 10.0.0.0-10.0.0.255[External] | TCP 443',
  ]);
});
