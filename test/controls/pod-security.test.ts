import { podSecurity } from '../../shared/controls/pod-security';
import type { Json } from '../../shared/core/resource';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { deploymentOf, goodContainer, goodSpec, ownedBy, podOf } from '../kubernetes/pods-given';
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

const shop = namespace('shop');
const good = deploymentOf(goodSpec());
const place = 'apps/v1/namespaces/shop/deployments/web';
const judged = (...objects: readonly KubernetesObject[]) => judgedIn(podSecurity, [shop, ...objects]);
const of = (...objects: readonly KubernetesObject[]) => told(judged(...objects));

neverGuesses(podSecurity, [shop, good]);

test('a Deployment whose pods may do no more than they need, and say so, is compliant', () => {
  expect(judged(good).verdict.state).toBe('compliant');
  expect(of(good)).toEqual({ [place]: expect.stringMatching(/^compliant: /) });
});

test('a privileged container is a serious violation of the Deployment, and the reason names the field', () => {
  const { verdict, aspects } = judged(
    deploymentOf(goodSpec({ containers: [goodContainer({ securityContext: { privileged: true } })] })),
    podOf(goodSpec(), { name: 'alone' }),
  );
  expect(verdict).toEqual({
    state: 'violation',
    problems: [{ severity: 'high', reason: '1 of 2 not met: deployments/web' }],
  });
  expect(Object.fromEntries(aspects!.map(({ subject, proposes }) => [subject, proposes]))).toEqual({
    // What is privileged on purpose a person decides on: there is nothing to apply.
    [`${clusterId}/kubernetes/${place}`]: undefined,
    [`${clusterId}/kubernetes/core/v1/namespaces/shop/pods/alone`]: undefined,
  });
  expect(told({ verdict, aspects: aspects! })[place]).toMatch(
    /^violation, high: .*spec\.template\.spec\.containers\[.*\]\.securityContext\.privileged is true/,
  );
});

test.each<[string, KubernetesObject, RegExp]>([
  [
    'escalation, which is not forbidden',
    deploymentOf(
      goodSpec({ containers: [{ ...goodContainer(), securityContext: { capabilities: { drop: ['ALL'] } } }] }),
    ),
    /^violation, medium: .*allowPrivilegeEscalation is missing/,
  ],
  [
    'capabilities, which are not dropped',
    deploymentOf(goodSpec({ containers: [goodContainer({ securityContext: { capabilities: {} } })] })),
    /^violation, medium: .*capabilities\.drop is missing/,
  ],
  [
    'capabilities that are dropped in lower case',
    deploymentOf(goodSpec({ containers: [goodContainer({ securityContext: { capabilities: { drop: ['all'] } } })] })),
    /^violation, medium: .*capabilities/,
  ],
  ['the network of the node', deploymentOf(goodSpec({ hostNetwork: true })), /^violation, high: .*hostNetwork is true/],
  ['root', deploymentOf(goodSpec({ securityContext: { runAsUser: 0 } })), /^violation, medium: .*runAsUser is 0/],
])('%s is a violation', (_, object, expected) => {
  expect(of(object)).toEqual({ [place]: expect.stringMatching(expected) });
});

test('a group that is only not stated is of low severity, and its statement alone makes it right', () => {
  const { runAsGroup, ...silent } = goodSpec()['securityContext'] as Readonly<Record<string, Json>>;
  const spec = { ...goodSpec(), securityContext: silent };
  expect(of(deploymentOf(spec))[place]).toMatch(/^violation, low: .*runAsGroup is missing/);
  const stated = { ...spec, securityContext: { ...silent, runAsGroup: runAsGroup! } };
  expect(of(deploymentOf(stated))[place]).toMatch(/^compliant/);
});

test('a pod that a Deployment owns is told with it, and what was put into the running pod counts', () => {
  const replicas = {
    ...deploymentOf(goodSpec(), { name: 'web-1', ...ownedBy('Deployment', 'web') }),
    kind: 'ReplicaSet',
  };
  const sidecar = goodContainer({ name: 'proxy', securityContext: { privileged: true } });
  const running = podOf(goodSpec({ containers: [goodContainer(), sidecar] }), {
    name: 'web-1-a',
    ...ownedBy('ReplicaSet', 'web-1'),
  });
  expect(of(good, replicas, running)).toEqual({ [place]: expect.stringMatching(/^violation, high: .*running: spec/) });
});

test('an ephemeral container is judged as the others are', () => {
  const debugged = podOf(goodSpec({ ephemeralContainers: [{ name: 'debug', image: 'busybox', securityContext: {} }] }));
  expect(of(debugged)['core/v1/namespaces/shop/pods/web']).toMatch(/^violation, medium: .*ephemeralContainers/);
});

test('the version that the cluster runs decides: the user is asked for as root from 1.23 on', () => {
  const root = deploymentOf(goodSpec({ securityContext: { runAsUser: 0 } }));
  const subject = clusterHaving({ currentKubernetesVersion: '1.22.4', kubernetesVersion: '1.22' });
  expect(told(judgedIn(podSecurity, [shop, root], { subject }))[place]).toMatch(/^compliant/);
  expect(of(root)[place]).toMatch(/^violation, medium/);
});

test('a cluster without workloads is not applicable, and one where only AKS has any', () => {
  const ofAks = deploymentOf(goodSpec({ hostNetwork: true }), { namespace: 'kube-system' });
  expect(judged().verdict.state).toBe('notApplicable');
  expect(judged(namespace('kube-system'), ofAks).verdict.state).toBe('notApplicable');
});

test('a namespace that only says that it is one of AKS’s is judged', () => {
  const disguised = namespace('shop', { 'kubernetes.azure.com/managedby': 'aks' });
  const object = deploymentOf(goodSpec({ hostNetwork: true }));
  expect(judgedIn(podSecurity, [disguised, object]).verdict.state).toBe('violation');
});

test.each(wrongValues)(
  'a Deployment whose spec is %s is told as what it cannot be judged by, and is never compliant',
  (_, spec) => {
    const { verdict, aspects } = judged(broken(good, 'spec', spec));
    expect(['unknown', 'violation']).toContain(verdict.state);
    expect(aspects?.map(({ key }) => key)).toEqual([`${clusterId}/kubernetes/${place}`]);
  },
);
