import { alikePods, classify } from '../../shared/kubernetes/reachability/pod-classes';
import { policiesOf } from '../../shared/kubernetes/reachability/policy';
import { workloadsOf } from '../../shared/kubernetes/reachability/workloads';
import type { KubernetesObject } from '../../shared/kubernetes/object';

const pod = (name: string, podIP: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'web' } },
  spec: { containers: [] },
  status: { phase: 'Running', podIP },
});
const pods = ['10.1.0.1', '10.1.0.2', '10.2.0.3'].map((address, index) => pod(`web-${index}`, address));
const opening = (cidr: string): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'out', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr } }] }] },
});
const classesWith = (...policies: readonly KubernetesObject[]): number => {
  const alike = alikePods(workloadsOf(pods, 'owner'), { hostNetworkIsFree: true, addressesCount: true });
  return classify(alike, policiesOf(policies).policies).classes.length;
};

test('pods whose addresses no policy tells apart are one class', () => {
  expect(classesWith()).toBe(1);
  expect(classesWith(opening('10.0.0.0/8'))).toBe(1);
});

test('a block of addresses tells pods inside it from pods outside', () => {
  expect(classesWith(opening('10.1.0.0/16'))).toBe(2);
  expect(classesWith(opening('10.1.0.0/16'), opening('10.1.0.2/32'))).toBe(3);
});
