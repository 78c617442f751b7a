import type { Control } from '../../shared/core/control';
import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { judgementOf, type Judgement } from '../../shared/core/judgement';
import { keyOfQuery } from '../../shared/core/inventory';
import { referenceOf } from '../../shared/kubernetes/ids';
import { inClusterControl, mostAspects } from '../../shared/kubernetes/in-cluster-control';
import type { ClusterFacts, InClusterJudgement } from '../../shared/kubernetes/judgement';
import { proposalsIn } from '../../shared/kubernetes/proposals';
import { readKinds } from '../../shared/kubernetes/kinds';
import { cluster, clusterId } from '../azure/cluster-given';
import { inventoryOf, settings } from '../given';

const [pods, policies] = ['pods', 'networkpolicies'].map((plural) => readKinds.find((one) => one.plural === plural)!);
const pod = (name: string, hostNetwork = false): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop' },
  spec: { hostNetwork },
});

let told: ClusterFacts = {};
/** Says of each pod whether it has a network of its own. */
const ownNetwork: InClusterJudgement = {
  controlId: 'own-network',
  kinds: ['Pod', 'NetworkPolicy'],
  judge: (objects, facts) => {
    told = facts;
    return objects.map((object) => ({
      object: referenceOf(object),
      title: 'The pod has a network of its own',
      severity: 'high',
      problems: (object.spec as { hostNetwork: boolean }).hostNetwork
        ? [{ rule: 'host-network', severity: 'high', reason: 'it shares that of its node' }]
        : [],
      // Of an agent of the nodes a person decides everything.
      ...(object.metadata.name !== 'node-agent' && {
        propose: () => ({ objects: [{ kind: object.kind }], effects: [] }),
      }),
    }));
  },
};
const about = { title: 'Pods have networks of their own', judges: [], severity: 'high', requirement: '4' } as const;
const control: Control = inClusterControl(about, ownNetwork);
const subject = cluster({ kubernetesVersion: '1.33', currentKubernetesVersion: '1.36.2' });

const judged = (items: readonly KubernetesObject[], unread: Readonly<Record<string, string>> = {}): Judgement =>
  judgementOf(control, subject, inventoryOf([], unread, [], [{ ...pods!, cluster: clusterId, items }]), settings);
const keyOf = (kind: typeof pods): string => keyOfQuery({ ...kind!, kind: 'objects', cluster: clusterId });

test('each object is a thing of its own, by its id in the cluster', () => {
  const { verdict, aspects = [] } = judged([pod('web'), pod('agent', true)]);
  expect(verdict.state).toBe('violation');
  const id = `${clusterId}/kubernetes/core/v1/namespaces/shop/pods`;
  expect(aspects.map(({ key, verdict: { state } }) => [key, state])).toEqual([
    [`${id}/web`, 'compliant'],
    [`${id}/agent`, 'violation'],
  ]);
});

test('the judgement is told the version that runs, the day, and that nothing is missing', () => {
  judged([pod('web')]);
  expect(told).toMatchObject({ kubernetesVersion: '1.36', today: '2026-03-01', isWhole: true });
});

test('each object is the subject of its own finding, and what is proposed for it can be printed', () => {
  const { aspects = [] } = judged([pod('web'), pod('agent', true)]);
  const id = `${clusterId}/kubernetes/core/v1/namespaces/shop/pods`;
  expect(aspects.map(({ subject, proposes }) => [subject, proposes])).toEqual([
    [`${id}/web`, undefined],
    [`${id}/agent`, true],
  ]);
});

test('where there is nothing to apply nothing is promised', () => {
  const { aspects = [] } = judged([pod('node-agent', true)]);
  expect(aspects.map(({ proposes }) => proposes)).toEqual([undefined]);
});

test('of more objects than are told one by one the worst are, and the others count', () => {
  const many = Array.from({ length: mostAspects + 20 }, (_, index) => pod(`web-${index}`, index > mostAspects));
  const { verdict, aspects = [] } = judged(many);
  expect(aspects).toHaveLength(mostAspects);
  expect(aspects.slice(0, 19).every(({ verdict: { state } }) => state === 'violation')).toBe(true);
  expect(aspects.at(-1)).toMatchObject({
    title: '21 more that are not told one by one',
    verdict: { state: 'compliant' },
  });
  expect(verdict.state).toBe('violation');
});

test('a cluster that has nothing of it is not applicable', () => {
  expect(judged([]).verdict.state).toBe('notApplicable');
});

test('a kind that could not be read makes the whole cluster unknown, whatever the others show', () => {
  const { verdict, aspects } = judged([pod('agent', true)], { [keyOf(policies)]: 'ClusterRoleNotBound' });
  expect(verdict).toEqual({ state: 'unknown', reason: 'networkpolicies could not be read: ClusterRoleNotBound' });
  expect(aspects).toBeUndefined();
});

test('a reason that is the same for all kinds is told once', () => {
  const { verdict } = judged([], { [keyOf(pods)]: 'no way', [keyOf(policies)]: 'no way' });
  expect(verdict).toEqual({ state: 'unknown', reason: 'pods, networkpolicies could not be read: no way' });
});

test('it looks up exactly its kinds, and is declared to', () => {
  expect(control.kinds?.map(({ plural }) => plural)).toEqual(['pods', 'networkpolicies']);
});

test('what is proposed rests on the same facts of Azure as what is found', () => {
  const gateway = { name: 'gw' };
  const around = [
    { reads: ['Microsoft.Network/applicationGateways'], facts: () => ({ applicationGateways: [gateway] }) },
    { reads: ['Microsoft.KubernetesConfiguration/extensions'], facts: () => ({ extensions: [] }) },
  ];
  const judgement = { ...ownNetwork, around };
  const inventory = inventoryOf([], {}, [], [{ ...pods!, cluster: clusterId, items: [pod('web', true)] }]);
  const one = inClusterControl(about, judgement);
  expect(one.reads).toEqual(around.flatMap(({ reads }) => reads));
  for (const look of [
    () => judgementOf(one, subject, inventory, settings),
    () => proposalsIn(subject, inventory, judgement),
  ]) {
    told = {};
    look();
    expect(told).toMatchObject({ applicationGateways: [gateway], extensions: [], isWhole: true });
  }
});
