import { worstOf } from '../../core/verdict';
import { isOfAks, resourceFactsOf } from '../cluster-facts';
import type { Fields } from '../fields';
import { referenceOf, wholeCluster, type ObjectReference } from '../ids';
import { inOrder } from '../in-order';
import type { ClusterFacts, InClusterJudgement, ObjectFinding, ObjectProblem, Proposal } from '../judgement';
import type { KubernetesObject } from '../object';
import {
  isPeerAuthentication,
  istioAuthorityAdvice,
  istioAuthorityProblems,
  istiodAuthority,
  istiodIn,
  peerPatch,
  isStrictFor,
  peerProblems,
  permissiveByDefault,
  strictPolicy,
} from './istio';
import {
  isOsmSettings,
  osmControllerPatch,
  osmControllersIn,
  osmRetired,
  osmSettingsAdvice,
  osmSettingsPatch,
  osmSettingsProblems,
  providerProblems,
  type OsmController,
} from './open-service-mesh';
import { ciliumAuthority, ciliumMeshIn, otherMeshesIn, otherUnknown } from './others';

/** The certificates of a mesh come from a formal authority. Without a mesh there is nothing to judge. */
export const meshCertificates: InClusterJudgement = {
  controlId: 'mesh-certificates',
  kinds: ['ConfigMap', 'DaemonSet', 'Deployment', 'StatefulSet', 'MeshConfig', 'PeerAuthentication'],
  judge: (given, facts) => {
    const objects = inOrder(given);
    return [
      ...unreadFinding(facts),
      ...openServiceMesh(objects, facts),
      ...istio(objects, facts),
      ...ciliumMeshIn(objects).map((one) => finding(referenceOf(one), formal, [ciliumAuthority])),
      ...otherMeshesIn(objects).map(({ object, mesh }) =>
        finding(referenceOf(object), formal, [], { unknown: [otherUnknown(mesh)] }),
      ),
    ];
  },
};

const formal = 'A formal authority issues the certificates of the mesh';
const maintained = 'The mesh is maintained';
const strict = 'The mesh takes only connections with a certificate that somebody allowed';

function unreadFinding({ unread }: ClusterFacts): readonly ObjectFinding[] {
  const reason = unread?.get('Deployment');
  if (reason === undefined) return [];
  const unknown = [
    `whether there is a mesh, and which authority it has, is not seen: Deployments cannot be read: ${reason}`,
  ];
  return [finding(wholeCluster, formal, [], { aspect: 'control-plane', unknown })];
}

function openServiceMesh(objects: readonly KubernetesObject[], facts: ClusterFacts): readonly ObjectFinding[] {
  const controllers = osmControllersIn(objects);
  const isAddOn = resourceFactsOf(facts)?.openServiceMesh === true;
  return [
    ...controllers.flatMap((controller) => osmFindings(controller, objects, facts)),
    ...(isAddOn && controllers.length === 0 ? addOnFindings : []),
    ...objects.filter(isOsmSettings).map(osmSettingsFinding),
  ];
}

function osmFindings(
  controller: OsmController,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): readonly ObjectFinding[] {
  const object = referenceOf(controller.object);
  const problems = providerProblems(controller, objects);
  const isLeft = problems.length === 0 || isOfAks(controller.object, objects, facts);
  const patch = isLeft ? undefined : osmControllerPatch(controller);
  return [
    finding(
      object,
      formal,
      problems,
      patch === undefined ? {} : { propose: () => ({ objects: [patch], effects: [issuer, migration] }) },
    ),
    finding(object, maintained, [osmRetired], { aspect: 'support' }),
  ];
}

const issuer =
  'cert-manager has to be there, and in the mesh’s namespace an Issuer osm-ca that signs with your authority';
const migration =
  'the authority of a mesh that runs is not swapped in place, for every connection breaks: build the new mesh beside it and move the namespaces one by one';

const addOnFindings: readonly ObjectFinding[] = [
  finding(wholeCluster, formal, [], {
    aspect: 'open-service-mesh',
    unknown: [
      'the add-on Open Service Mesh is on, and its controller is not among the objects: which provider issues is not seen',
    ],
  }),
  finding(wholeCluster, maintained, [osmRetired], { aspect: 'support' }),
];

function osmSettingsFinding(object: KubernetesObject): ObjectFinding {
  const problems = osmSettingsProblems(object);
  const propose = (): Proposal => ({ objects: [osmSettingsPatch(object)], effects: [osmEffect] });
  return finding(referenceOf(object), strict, problems, {
    advice: osmSettingsAdvice(object),
    ...(problems.length === 0 ? {} : { propose }),
  });
}

const osmEffect = 'connections that no TrafficTarget allows end: see first that every one in use is allowed';

function istio(objects: readonly KubernetesObject[], facts: ClusterFacts): readonly ObjectFinding[] {
  const addOn = resourceFactsOf(facts)?.istio;
  const istiods = istiodIn(objects);
  const peers = objects.filter(isPeerAuthentication);
  const isUnseen = addOn === undefined && istiods.length === 0 && peers.length > 0;
  return [
    ...(addOn === undefined ? [] : [addOnFinding(addOn)]),
    ...istiods.map((one) => finding(referenceOf(one), formal, [], { unknown: istiodAuthority(one).unknown })),
    ...(isUnseen ? [unseenIstio] : []),
    ...(addOn === undefined && istiods.length === 0 ? [] : meshWide(peers, addOn !== undefined, facts)),
    ...peers.map(peerFinding),
  ];
}

function addOnFinding(addOn: Fields): ObjectFinding {
  return finding(wholeCluster, formal, istioAuthorityProblems(addOn), {
    aspect: 'istio',
    advice: istioAuthorityAdvice(addOn),
  });
}

const unseenIstio = finding(wholeCluster, formal, [], {
  aspect: 'istio',
  unknown: ['objects of Istio are there, and neither the add-on nor an istiod: which authority issues is not seen'],
});

/** Without a policy for the whole mesh Istio takes plain text. Only who knows all objects can say that there is none. */
function meshWide(peers: readonly KubernetesObject[], isAddOn: boolean, facts: ClusterFacts): readonly ObjectFinding[] {
  const more = { aspect: 'mutual-tls' } as const;
  const reason = facts.unread?.get('PeerAuthentication');
  if (reason !== undefined)
    return [
      finding(wholeCluster, strict, [], { ...more, unknown: [`PeerAuthentication objects cannot be read: ${reason}`] }),
    ];
  const root = isAddOn ? 'aks-istio-system' : 'istio-system';
  if (facts.isWhole !== true || peers.some((one) => isStrictFor(one, root))) return [];
  const propose = (): Proposal => ({ objects: [strictPolicy(root)], effects: [peerEffect] });
  return [finding(wholeCluster, strict, [permissiveByDefault(root)], { ...more, propose })];
}

function peerFinding(object: KubernetesObject): ObjectFinding {
  const problems = peerProblems(object);
  const propose = (): Proposal => ({ objects: [peerPatch(object)], effects: [peerEffect] });
  return finding(referenceOf(object), strict, problems, problems.length === 0 ? {} : { propose });
}

const peerEffect = 'clients without a sidecar are refused from then on: see first that there are none';

interface More {
  readonly aspect?: string;
  readonly unknown?: readonly string[];
  readonly advice?: readonly string[];
  readonly propose?: () => Proposal;
}

function finding(
  object: ObjectReference,
  title: string,
  problems: readonly ObjectProblem[],
  more: More = {},
): ObjectFinding {
  const { unknown = [], advice = [], ...rest } = more;
  return {
    object,
    title,
    severity: problems.length === 0 ? 'high' : worstOf(problems),
    problems,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(advice.length === 0 ? {} : { advice }),
    ...rest,
  };
}
