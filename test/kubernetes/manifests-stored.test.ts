import type { KubernetesObject } from '../../shared/kubernetes/object';
import { refusalOf } from '../../shared/kubernetes/manifests/refusals';
import { asStored } from '../../shared/kubernetes/manifests/stored';
import { readJson, testWith } from '../policy/shared-files';

type Spec = NonNullable<KubernetesObject['spec']>;

const versions: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
};
const object = (kind: string, spec: unknown): KubernetesObject => ({
  apiVersion: versions[kind] ?? 'v1',
  kind,
  metadata: { name: 'a', namespace: 'default' },
  spec: spec as Spec,
});

const workload = (spec: object): KubernetesObject => ({
  ...object('Deployment', { template: { spec } }),
  apiVersion: 'apps/v1',
});

test.each([
  ['networking.k8s.io/v2', 'no release of Kubernetes serves networking.k8s.io/v2'],
  ['apps/v99', 'no release of Kubernetes serves apps/v99'],
  ['v2', 'no release of Kubernetes serves v2'],
  ['/v1', 'no release of Kubernetes serves /v1'],
  ['apps/v1/v1', 'no release of Kubernetes serves apps/v1/v1'],
  ['apps/v1beta1', undefined],
  ['example.com/v9', undefined],
  ['constructor/v1', undefined],
])('of an object of %s is said: %s', (apiVersion, reason) => {
  expect(refusalOf({ apiVersion, kind: 'Thing', metadata: { name: 'a' } })).toBe(reason);
});

test('a volume that has only a name is an empty folder, also in a workload’s template', () => {
  expect(
    asStored(workload({ volumes: [{ name: 'a' }, { name: 'b', secret: null }, { name: 'c', hostPath: {} }] })).spec,
  ).toEqual({
    template: {
      spec: {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', secret: null, emptyDir: {} },
          { name: 'c', hostPath: {} },
        ],
      },
    },
  });
});

test('a port on the host’s network is the host’s', () => {
  const containers = [{ name: 'c', ports: [{ containerPort: 80 }] }];
  expect(asStored(object('Pod', { hostNetwork: true, containers })).spec).toMatchObject({
    containers: [{ ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }] }],
  });
  expect(asStored(object('Pod', { containers })).spec).toEqual({
    containers: [{ name: 'c', ports: [{ containerPort: 80, protocol: 'TCP' }] }],
  });
});

test('what is no list of containers or volumes is left as it is', () => {
  const odd = workload({ containers: 'none', volumes: { name: 'a' } });
  expect(asStored(odd)).toEqual(odd);
  expect(asStored(object('Pod', { containers: [7, { ports: 'x' }] })).spec).toEqual({
    containers: [7, { ports: 'x' }],
  });
});

test.each([
  ['nothing about egress', { podSelector: {}, egress: [] }, { podSelector: {}, policyTypes: ['Ingress'] }],
  ['egress rules', { egress: [{}] }, { podSelector: {}, egress: [{}], policyTypes: ['Ingress', 'Egress'] }],
  [
    'a peer list that is empty',
    { podSelector: { matchLabels: {} }, ingress: [{ from: [], ports: [{}] }] },
    { podSelector: {}, ingress: [{ ports: [{ protocol: 'TCP' }] }], policyTypes: ['Ingress'] },
  ],
])('a policy with %s is stored as what it means', (_, sent, stored) => {
  expect(asStored(object('NetworkPolicy', sent)).spec).toEqual(stored);
});

test.each([
  ['a pod without containers', object('Pod', { containers: [] }), 'spec.containers: a pod has one at least'],
  [
    'an operator that does not exist',
    object('NetworkPolicy', { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] } }),
    'spec.podSelector.matchExpressions[0].operator: In, NotIn, Exists or DoesNotExist is wanted, not "Is"',
  ],
  [
    'Exists with values',
    object('NetworkPolicy', {
      podSelector: {},
      egress: [{ to: [{ podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } }] }],
    }),
    'spec.egress[0].to[0].podSelector.matchExpressions[0].values: Exists takes no value',
  ],
])('%s would be refused', (_, sent, reason) => {
  expect(refusalOf(sent)).toBe(reason);
});

test('every operator with what it needs is taken', () => {
  const matchExpressions = [
    { key: 'a', operator: 'In', values: ['b'] },
    { key: 'a', operator: 'NotIn', values: ['b'] },
    { key: 'a', operator: 'Exists' },
    { key: 'a', operator: 'DoesNotExist', values: [] },
  ];
  expect(refusalOf(object('NetworkPolicy', { podSelector: { matchExpressions } }))).toBeUndefined();
});

const block = (ipBlock: object) => ({ podSelector: {}, ingress: [{ from: [{ ipBlock }] }] });

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.0.0.0/8', '10.0.0.0/8', false],
  ['10.0.0.0/8', '11.0.0.0/16', false],
  ['10.9.9.9/8', '10.1.0.0/16', true],
  ['0.0.0.0/0', '::/1', false],
  ['fd00::/8', 'fd12:3456::/32', true],
  ['::/0', '::ffff:0/112', true],
])('a block of %s may leave out %s: %s', (cidr, except, isTaken) => {
  const refusal = refusalOf(object('NetworkPolicy', block({ cidr, except: [except] })));
  expect(refusal).toBe(
    isTaken ? undefined : `spec.ingress[0].from[0].ipBlock.except: "${except}" does not lie within ${cidr}`,
  );
});

test.each(['10.0.0.0', '10.0.0/8', '10.0.0.256/8', '10.0.0.0/33', ':::/0', '1::2::3/8', 'g::/8', '/8', ''])(
  '"%s" is no range',
  (cidr) => {
    const refusal = refusalOf(object('NetworkPolicy', block({ cidr })));
    expect(refusal).toBe(`spec.ingress[0].from[0].ipBlock.cidr: "${cidr}" is no CIDR`);
  },
);

interface Captured {
  readonly kind: string;
  readonly name: string;
  readonly sent: unknown;
  readonly stored?: unknown;
  readonly status?: number;
}

const captures = (): readonly Captured[] =>
  (readJson('kubernetes/apiserver/defaulting.json') as unknown as { readonly objects: readonly Captured[] }).objects;

testWith('kubernetes/apiserver/defaulting.json')(
  'what a server stored of policies and Ingresses is what is filled in',
  () => {
    const wanted = captures().filter(({ kind, stored }) => kind !== 'Pod' && stored !== undefined);
    expect(wanted.length).toBeGreaterThan(10);
    for (const { name, kind, sent, stored } of wanted) {
      expect([name, asStored(object(kind, sent)).spec]).toEqual([name, stored]);
      expect([name, refusalOf(object(kind, sent))]).toEqual([name, undefined]);
    }
  },
);

testWith('kubernetes/apiserver/defaulting.json')('what a server stored of pods contains what is filled in', () => {
  const known = ['seccomp-annotation', 'fields-of-later-versions'];
  const wanted = captures().filter(
    ({ kind, name, stored }) => kind === 'Pod' && stored !== undefined && !known.includes(name),
  );
  expect(wanted.length).toBeGreaterThan(3);
  for (const { sent, stored } of wanted) expect(stored).toMatchObject(asStored(object('Pod', sent)).spec as object);
});

testWith('kubernetes/apiserver/defaulting.json')('what a server refused is refused here, except for names', () => {
  const refused = captures().filter(({ status, name }) => status === 422 && !name.includes('_'));
  expect(refused.length).toBeGreaterThan(5);
  for (const { name, kind, sent } of refused)
    expect([name, refusalOf(object(kind, sent))]).toEqual([name, expect.any(String)]);
});

testWith('kubernetes/apiserver/defaulting.json')(
  'bindings and roles are filled in and refused as a server does',
  () => {
    const { rbac } = readJson('kubernetes/apiserver/defaulting.json') as unknown as {
      readonly rbac: readonly { readonly sent: KubernetesObject; readonly stored?: object; readonly status?: number }[];
    };
    for (const { sent, stored, status } of rbac) {
      const whole = { ...sent, apiVersion: 'rbac.authorization.k8s.io/v1' };
      expect([sent.metadata.name, refusalOf(whole) !== undefined]).toEqual([sent.metadata.name, status === 422]);
      const isBinding = sent.kind.endsWith('Binding') && stored !== undefined;
      if (isBinding) expect(asStored(whole)).toMatchObject(stored);
    }
  },
);
