import { at, textOf } from '../../kubernetes/fields';
import type { KubernetesObject } from '../../kubernetes/object';
import { isCiliumPolicy } from '../../kubernetes/reachability/cilium';
import { workloadText } from '../../kubernetes/reachability/connections';
import { isForeignPolicy } from '../../kubernetes/reachability/foreign';
import { nameLabel } from '../../kubernetes/reachability/pod-classes';
import type { Peer } from '../../kubernetes/reachability/policy';
import type { Reachability } from '../../kubernetes/reachability/reachability';
import { isPublic } from './entries';

/** What the answer rests on and leaves out, each a sentence without a full stop. */
export function doubtsOf(reachability: Reachability, objects: readonly KubernetesObject[]): readonly string[] {
  const { policies, problems, workloads } = reachability;
  const peers = policies.flatMap(({ ingress = [], egress = [] }) =>
    [...ingress, ...egress].flatMap((rule) => rule.peers ?? []),
  );
  return [
    ...problems.map(
      ({ object, path, message }) =>
        `NetworkPolicy ${nameOf(object)} is not counted, since the API server refuses it: ${path}: ${message}`,
    ),
    ...listed(objects.filter(isOther).map(nameWithKind), (names) => `what ${names} allow or deny is not counted`),
    ...listed(objects.filter(isOfMesh).map(nameWithKind), (names) => `what ${names} of the mesh deny is not counted`),
    ...listed(
      workloads.filter(({ pods }) => pods.some(({ hostNetwork }) => hostNetwork)).map(workloadText),
      (names) => `no policy reaches pods in their node's network: ${names}`,
    ),
    ...listed(
      namesOnly(reachability, peers),
      (names) =>
        `of these namespaces only the names are known, so that selectors of other labels do not mean them: ${names}`,
    ),
    ...(policies.length > 0 ? ['policies count only where the cluster has an engine that enforces them'] : []),
    ...(peers.some(({ kind }) => kind === 'block')
      ? ['an ipBlock is taken to mean addresses outside the cluster; Azure’s engine and Calico apply it to pods, too']
      : []),
    ...(objects.some(hidesClients)
      ? ['behind a Service without externalTrafficPolicy: Local, policies see the address of a node, not the client’s']
      : []),
  ];
}

const nameOf = ({ metadata: { namespace, name = '' } }: KubernetesObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
const nameWithKind = (object: KubernetesObject): string => `${object.kind} ${nameOf(object)}`;

const isOther = (object: KubernetesObject): boolean => isCiliumPolicy(object) || isForeignPolicy(object);

function isOfMesh({ kind, apiVersion }: KubernetesObject): boolean {
  if (kind === 'AuthorizationPolicy') return apiVersion.startsWith('security.istio.io/');
  return kind === 'TrafficTarget' && apiVersion.startsWith('access.smi-spec.io/');
}

const hidesClients = (object: KubernetesObject): boolean =>
  object.kind === 'Service' && isPublic(object) && textOf(at(object.spec, 'externalTrafficPolicy')) !== 'Local';

function listed(names: readonly string[], sentence: (names: string) => string): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return [sentence(`${names.slice(0, 5).join(', ')}${more}`)];
}

/** Namespaces that are not among the objects, where policies ask for labels of namespaces. */
function namesOnly({ namespaces, workloads }: Reachability, peers: readonly Peer[]): readonly string[] {
  const asksLabels = peers.some(
    (peer) =>
      peer.kind === 'pods' &&
      [
        ...(peer.namespaces?.labels ?? []).map(([key]) => key),
        ...(peer.namespaces?.requirements ?? []).map(({ key }) => key),
      ].some((key) => key !== nameLabel),
  );
  if (!asksLabels) return [];
  return [...new Set(workloads.map(({ namespace }) => namespace))].filter((name) => !namespaces.has(name)).toSorted();
}
