import { fieldsIn, fieldsOf, textOf } from '../fields';
import type { ObjectProblem } from '../judgement';
import type { KubernetesObject } from '../object';
import { isOwned, podSpecOf } from '../pod-template';

/** The ConfigMap of Cilium's settings. */
export const ciliumSettingsName = 'cilium-config';

/** Cilium's settings, where mutual authentication is on. */
export function ciliumMeshIn(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.filter(
    ({ kind, apiVersion, metadata, data }) =>
      kind === 'ConfigMap' &&
      apiVersion === 'v1' &&
      metadata.name === ciliumSettingsName &&
      ['mesh-auth-mutual-enabled', 'enable-ztunnel'].some((name) => textOf(fieldsOf(data)[name]) === 'true'),
  );
}

export const ciliumAuthority: ObjectProblem = {
  rule: 'built-in-authority',
  severity: 'high',
  reason:
    'Cilium’s mutual authentication takes its certificates from the SPIRE server that comes with it, and no other authority can be brought: use a mesh that takes one of yours',
  path: 'data.mesh-auth-mutual-enabled',
};

const CONTROL_PLANES: readonly (readonly [mesh: string, image: RegExp])[] = [
  ['Linkerd', /\/linkerd\/controller[:@]|\/linkerd2?-controller[:@]/],
  ['Consul', /hashicorp\/consul(-k8s-control-plane)?[:@]/],
  ['Kuma', /\/kuma-cp[:@]/],
];

export interface OtherMesh {
  readonly object: KubernetesObject;
  readonly mesh: string;
}

/** Control planes whose authority Steward does not know how to tell: the first workload of each. */
export function otherMeshesIn(objects: readonly KubernetesObject[]): readonly OtherMesh[] {
  const workloads = objects.filter((object) => !isOwned(object) && podSpecOf(object) !== undefined);
  return CONTROL_PLANES.flatMap(([mesh, image]) => {
    const object = workloads.find((one) =>
      fieldsIn(podSpecOf(one)?.['containers']).some((container) => image.test(textOf(container['image']))),
    );
    return object === undefined ? [] : [{ object, mesh }];
  });
}

export const otherUnknown = (mesh: string): string =>
  `which authority issues the certificates of ${mesh} is not known to Steward: see that it is one of yours, not the one that ${mesh} makes itself`;
