import { extensionsAround, gatewaysAround } from '../around-clusters';
import { worstOf } from '../../core/verdict';
import { isOfAks } from '../cluster-facts';
import { referenceOf, wholeCluster } from '../ids';
import { inOrder } from '../in-order';
import type { ClusterFacts, InClusterJudgement, ObjectFinding, ObjectProblem, Proposal } from '../judgement';
import type { KubernetesObject } from '../object';
import {
  addOnAdvice,
  addOnProblems,
  addOnSupport,
  controllersIn,
  defaultProblems,
  exposureAdvice,
  isAddOn,
  retiredController,
  type Controller,
} from './controllers';
import { entriesOf, gatewayProblems, isGateway } from './gateways';
import { ingressAdvice, ingressOf, ingressProblems, isIngress } from './ingress';
import { probeEffects } from './probes';
import { controllerProposal, ingressProposal } from './proposal';
import { certificatesSeen } from './sources';

/** Every Ingress and Gateway shows a certificate of its own for each host, and no controller has one for all the others. */
export const ingressCertificates: InClusterJudgement = {
  controlId: 'ingress-certificates',
  around: [gatewaysAround, extensionsAround],
  kinds: [
    ...['Ingress', 'Gateway', 'Certificate', 'SecretProviderClass', 'NginxIngressController', 'Service'],
    ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  ],
  judge: (given, facts) => {
    const objects = inOrder(given);
    const controllers = controllersIn(objects);
    const around = controllers.length === 0 ? nothingAround : surroundingsOf(objects, facts);
    return [
      ...unreadFindings(facts),
      ...objects.filter(isIngress).map((one) => ingressFinding(one, objects, facts)),
      ...objects.filter(isGateway).map((one) => gatewayFinding(one, objects, facts)),
      ...controllers.flatMap((one) => controllerFindings(one, objects, facts, around)),
      ...objects.filter(isAddOn).flatMap((one) => addOnFindings(one, facts)),
    ];
  },
};

/** What every controller's default certificate may be needed for. */
interface Surroundings {
  /** What becomes of the probes of the gateways in front. */
  readonly effects: readonly string[];
  /** Ingresses that have no certificates of their own yet. */
  readonly needing: readonly string[];
}

const nothingAround: Surroundings = { effects: [], needing: [] };

function surroundingsOf(objects: readonly KubernetesObject[], facts: ClusterFacts): Surroundings {
  const needing = objects.filter((one) => isIngress(one) && ingressProblems(ingressOf(one)).length > 0);
  return {
    effects: probeEffects(objects, facts),
    needing: needing.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  };
}

/** Of each pair: what would be judged, and the kinds without which it is not known. */
const needed = [
  { aspect: 'ingresses', kinds: ['Ingress', 'Gateway'] },
  { aspect: 'controllers', kinds: ['Deployment', 'DaemonSet'] },
] as const;

function unreadFindings({ unread }: ClusterFacts): readonly ObjectFinding[] {
  return needed.flatMap(({ aspect, kinds }) => {
    const unknown = kinds.flatMap((kind) => {
      const reason = unread?.get(kind);
      return reason === undefined ? [] : [`${kind} objects cannot be read: ${reason}`];
    });
    const title = aspect === 'ingresses' ? ownCertificate : noDefault;
    return unknown.length === 0
      ? []
      : [{ object: wholeCluster, aspect, title, severity: 'high', problems: [], unknown }];
  });
}

const ownCertificate = 'Each host has a certificate of its own';
const noDefault = 'No default certificate answers for hosts without their own';
const isMaintained = 'The ingress controller is maintained';

function ingressFinding(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): ObjectFinding {
  const ingress = ingressOf(object);
  const seen = certificatesSeen(object, ingress, objects, facts);
  const problems = [...ingressProblems(ingress), ...seen.problems];
  const advice = ingressAdvice(ingress).map(([, text]) => text);
  return finding(object, ownCertificate, problems, {
    unknown: seen.unknown,
    advice,
    propose: problems.some(({ rule }) => MENDED.has(rule)) ? () => ingressProposal(object, objects, facts) : undefined,
  });
}

/** What another list of secrets puts right. */
const MENDED = new Set(['no-tls', 'no-secret', 'host-not-covered', 'key-vault-secret-name']);

function gatewayFinding(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
): ObjectFinding {
  const annotations = object.metadata.annotations ?? {};
  const asIngress = {
    name: '',
    className: '',
    annotations,
    tls: entriesOf(object),
    hosts: [],
    hasDefaultBackend: false,
  };
  const seen = certificatesSeen(object, asIngress, objects, facts);
  const problems = [
    ...gatewayProblems(object),
    ...seen.problems.map(({ rule, severity, reason }) => ({ rule, severity, reason })),
  ];
  return finding(object, ownCertificate, problems, { unknown: seen.unknown });
}

function controllerFindings(
  controller: Controller,
  objects: readonly KubernetesObject[],
  facts: ClusterFacts,
  { effects, needing }: Surroundings,
): readonly ObjectFinding[] {
  const { object } = controller;
  const problems = defaultProblems(controller, objects);
  const isLast = problems.length > 0 && needing.length === 0 && facts.unread?.has('Ingress') !== true;
  const more = needing.length > MOST_NAMED ? ` and ${needing.length - MOST_NAMED} more` : '';
  const waits = `${needing.slice(0, MOST_NAMED).join(', ')}${more}`;
  const main = finding(object, noDefault, problems, {
    advice: [
      ...exposureAdvice(controller, objects),
      ...(problems.length === 0 ? [] : effects),
      ...(problems.length > 0 && waits !== ''
        ? [`it may go only when these have certificates of their own: ${waits}`]
        : []),
    ],
    propose: isLast && !isOfAks(object, objects, facts) ? () => controllerProposal(controller, effects) : undefined,
  });
  const support = finding(object, isMaintained, [retiredController], { aspect: 'support' });
  return controller.isIngressNginx ? [main, support] : [main];
}

const MOST_NAMED = 20;

function addOnFindings(object: KubernetesObject, facts: ClusterFacts): readonly ObjectFinding[] {
  const { problems, advice } = addOnSupport(facts);
  return [
    finding(object, noDefault, addOnProblems(object), { advice: addOnAdvice(object) }),
    finding(object, isMaintained, problems, { advice, aspect: 'support' }),
  ];
}

interface More {
  readonly aspect?: string;
  readonly unknown?: readonly string[];
  readonly advice?: readonly string[];
  readonly propose?: (() => Proposal | undefined) | undefined;
}

function finding(
  object: KubernetesObject,
  title: string,
  problems: readonly ObjectProblem[],
  more: More,
): ObjectFinding {
  const { aspect, unknown = [], advice = [], propose } = more;
  return {
    object: referenceOf(object),
    ...(aspect === undefined ? {} : { aspect }),
    title,
    severity: problems.length === 0 ? 'high' : worstOf(problems),
    problems,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(advice.length === 0 ? {} : { advice }),
    ...(propose === undefined ? {} : { propose }),
  };
}
