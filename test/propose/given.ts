import type { KubernetesObject } from '../../shared/core/kubernetes-object';
import { containerLogSettings } from '../../shared/controls/container-log-settings';
import { flowLogs } from '../../shared/controls/flow-logs';
import { ingressCertificates } from '../../shared/controls/ingress-certificates';
import { networkPolicies } from '../../shared/controls/network-policies';
import { podSecurity } from '../../shared/controls/pod-security';
import { objectIdOf, referenceOf } from '../../shared/kubernetes/ids';
import { readKinds } from '../../shared/kubernetes/kinds';
import type { Finding } from '../../shared/core/finding';
import { judge } from '../../shared/pipeline/judge';
import { cluster, clusterId } from '../azure/cluster-given';
import { given } from '../kubernetes/given';
import { memoryWorld, refusal, type MemoryWorld } from '../memory-world';

const controls = [podSecurity, networkPolicies, ingressCertificates, containerLogSettings, flowLogs];

/** An Ingress without a certificate, whose patch needs no decision. */
export const bare = given('networking.k8s.io/v1', 'Ingress', 'shop', {
  spec: { tls: [{ hosts: ['shop.example.com'] }], rules: [{ host: 'shop.example.com' }] },
});
/** The same with one. */
export const covered = given('networking.k8s.io/v1', 'Ingress', 'shop', {
  spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }], rules: [{ host: 'shop.example.com' }] },
});
/** An agent of the nodes: nothing of it is put right without a decision. */
export const agent = given('apps/v1', 'DaemonSet', 'agent', {
  spec: { template: { spec: { hostNetwork: true, containers: [{ name: 'agent', image: 'agent:1' }] } } },
});

export const idOf = (object: KubernetesObject): string => objectIdOf(clusterId, referenceOf(object));

/** What is in the cluster. */
export function put(world: MemoryWorld, objects: readonly KubernetesObject[]): void {
  world.azure.objects = readKinds.map(({ kind, ...listed }) => ({
    ...listed,
    cluster: clusterId,
    items: objects.filter((one) => one.kind === kind),
  }));
}

/** A world in which the cluster was judged with these objects. */
export async function judgedWorld(objects: readonly KubernetesObject[]): Promise<MemoryWorld> {
  const world = memoryWorld([cluster()], {}, controls);
  put(world, objects);
  const scope = { kind: 'resource', id: clusterId } as const;
  await judge(world, { scope, cause: 'event', receivedAt: world.now() });
  world.pass(120_000);
  return world;
}

/** The finding that sums up what a control judges of the cluster. */
export function wholeOf({ stored }: MemoryWorld, controlId: string): Finding {
  return [...stored.values()].find((one) => one.controlId === controlId)!;
}

/** The finding of a control about an object. */
export function findingOn(world: MemoryWorld, controlId: string, object: KubernetesObject): Finding {
  return wholeOf(world, controlId).aspects!.find(({ resourceId }) => resourceId === idOf(object))!;
}

/** The cluster answers nobody any more. */
export function shut({ azure }: MemoryWorld): void {
  azure.refuse = ({ query }) => (query?.kind === 'objects' ? refusal('ClusterRoleNotBound') : undefined);
}
