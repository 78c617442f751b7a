import fc from 'fast-check';
import { objectIdOf, referenceOf } from '../../shared/kubernetes/ids';
import { proposalOf, type InClusterJudgement } from '../../shared/kubernetes/judgement';
import { judgements } from '../../shared/kubernetes/judgements';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { testWith } from '../policy/shared-files';
import { deployment, given } from './given';
import { namespace, pod, policy } from './network-given';
import { caseWorlds, ingressWorld, landingZone, meshWorld, sampleWorlds, type World } from './proposals-given';
import { binding, clusterBinding, clusterRole } from './rbac-given';

/** Of an object that is there twice, the later one counts: then their order matters. */
function eachOnce(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return [...new Map(objects.map((object) => [objectIdOf('', referenceOf(object)), object])).values()];
}

/** Everything that is said, finding by finding, without the order of the findings. */
function saidBy(judgement: InClusterJudgement, objects: readonly KubernetesObject[], world: World): readonly string[] {
  return judgement
    .judge(objects, world.facts)
    .map((finding) => JSON.stringify([finding, proposalOf(finding)]))
    .toSorted();
}

function isTheSameInAnyOrder(judgement: InClusterJudgement, world: World, numRuns: number): void {
  const objects = eachOnce(world.objects);
  const said = saidBy(judgement, objects, world);
  expect(saidBy(judgement, objects.toReversed(), world)).toEqual(said);
  fc.assert(
    fc.property(fc.shuffledSubarray([...objects], { minLength: objects.length }), (shuffled) => {
      expect(saidBy(judgement, shuffled, world)).toEqual(said);
    }),
    { numRuns },
  );
}

const names = ['d', 'a', 'g', 'c', 'f', 'b', 'e', 'm', 'k', 'l', 'i', 'h'];
const ofSecret = { name: 'main', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }] };
const settings = '[log_collection_settings.env_var]\nenabled = true\n';
const agent = { namespace: 'kube-system', data: { 'schema-version': 'v1', 'log-data-collection-settings': settings } };
const secrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }];
const nodes = [{ apiGroups: [''], resources: ['nodes', 'pods/exec'], verbs: ['*'] }];

/** More of everything than a reason names, and policies that are wrong together. */
const crowded: World = {
  name: 'crowded',
  facts: { today: '2026-11-24', isWhole: true },
  objects: [
    ...['shop', 'bank'].map((name) => namespace(name)),
    ...names.map((name) => pod(`shop/${name}`, { app: name })),
    ...names.map((name) => pod(`shop/host-${name}`, {}, { spec: { hostNetwork: true } })),
    ...names.map((name) => pod(`bank/${name}`, { app: 'web' }, { annotations: { 'prometheus.io/scrape': 'true' } })),
    ...names.map((name, at) =>
      policy(`bank/${name}`, {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr: at % 2 === 0 ? '0.0.0.0/1' : '128.0.0.0/1' } }], ports: [{ port: 80 }] }],
      }),
    ),
    ...names.map((name) => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name, namespace: 'shop' },
      spec: { endpointSelector: {}, ingress: [{ fromEntities: ['all'] }] },
    })),
    ...meshWorld.objects,
    given('v1', 'ConfigMap', 'container-azm-ms-agentconfig', agent),
    ...names.map((name) => deployment(name, ofSecret, { namespace: 'bank' })),
    ...['bank', 'shop'].flatMap((space) =>
      names.map((name) =>
        given('networking.k8s.io/v1', 'Ingress', name, {
          namespace: space,
          spec: { tls: [{ hosts: ['a.example.com'] }], rules: [{ host: 'a.example.com' }] },
        }),
      ),
    ),
    ...([
      clusterRole('reader', secrets),
      clusterRole('runner', nodes),
      ...names.map((name) => clusterBinding(name, name < 'f' ? 'reader' : 'runner', [`User ${name}`, 'Group team'])),
      ...names.map((name) =>
        binding('shop', name, 'ClusterRole runner', ['ServiceAccount shop/default', 'Group team']),
      ),
      ...names.map((name) => clusterBinding(`admin-${name}`, 'cluster-admin', ['Group team'])),
    ] as unknown as readonly KubernetesObject[]),
  ],
};

describe.each(judgements.map((judgement) => [judgement.controlId, judgement] as const))(
  'in whatever order the objects are read, %s says the same',
  (_, judgement) => {
    test.each([crowded, meshWorld, ingressWorld, ...sampleWorlds()].map((world) => [world.name, world] as const))(
      'of the cluster %s',
      (__, world) => {
        isTheSameInAnyOrder(judgement, world, 20);
      },
    );

    testWith('estate')('of the landing zone', () => {
      isTheSameInAnyOrder(judgement, landingZone(), 5);
    });

    testWith('kubernetes')('of each case', () => {
      const worlds = [...caseWorlds('networkpolicy'), ...caseWorlds('rbac')];
      for (const world of worlds) isTheSameInAnyOrder(judgement, world, 1);
    });
  },
);
