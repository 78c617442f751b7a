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
