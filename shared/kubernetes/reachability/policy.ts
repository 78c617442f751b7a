import { cidrFrom, isWithinRanges, noRange, jointRanges, rangesWithout, type IpRanges } from '../../core/ip-ranges';
import type { KubernetesObject } from '../object';
import { isFields, type Fields } from '../fields';
import { fieldsIn, listIn, textIn } from './field-paths';
import { rulePortsFrom, type RulePort } from './rule-ports';
import { selectorFrom, type Objection, type Selector } from './selector';

export const directions = ['ingress', 'egress'] as const;
export type Direction = (typeof directions)[number];

export type Peer = PodPeer | BlockPeer;

export interface PodPeer {
  readonly kind: 'pods';
  /** Undefined: the policy's own namespace. */
  readonly namespaces: Selector | undefined;
  /** Undefined: every pod. */
  readonly pods: Selector | undefined;
  readonly path: string;
}

export interface BlockPeer {
  readonly kind: 'block';
  readonly cidr: string;
  readonly ranges: IpRanges;
  readonly path: string;
}

export interface Rule {
  /** Undefined: anyone at all. */
  readonly peers: readonly Peer[] | undefined;
  /** Undefined: all traffic. */
  readonly ports: readonly RulePort[] | undefined;
  readonly path: string;
}

export interface Policy {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly name: string;
  readonly selector: Selector;
  /** Rules of the directions that the policy isolates; of the others nothing, even if rules are written. */
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
  /** Directions with rules that the policy's types leave out. */
  readonly dead: readonly Direction[];
}

/** What the API server would refuse. */
export interface PolicyProblem {
  readonly object: KubernetesObject;
  readonly path: string;
  readonly message: string;
}

export interface ReadPolicies {
  readonly policies: readonly Policy[];
  /** Of policies that are left out, since no API server takes them. */
  readonly problems: readonly PolicyProblem[];
}

export function isNetworkPolicy({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === 'NetworkPolicy' && /^(networking\.k8s\.io|extensions)\//.test(apiVersion);
}

/** The NetworkPolicies among objects, with the defaults of the API server («Network Policies», Kubernetes). */
export function policiesOf(objects: readonly KubernetesObject[]): ReadPolicies {
  const problems: PolicyProblem[] = [];
  const policies = objects.filter(isNetworkPolicy).flatMap((object) => {
    const before = problems.length;
    const policy = policyFrom(object, (path, message) => problems.push({ object, path, message }));
    return problems.length === before ? [policy] : [];
  });
  return { policies, problems };
}

function policyFrom(object: KubernetesObject, objection: Objection): Policy {
  const spec = fieldsIn(object.spec);
  if (object.spec !== undefined && !isFields(object.spec)) objection('spec', 'a spec is an object');
  const types = typesOf(spec, objection);
  const given = directions.filter((direction) => listIn(spec, direction).length > 0);
  const rulesOf = (direction: Direction) => listIn(spec, direction).map(ruleReader(direction, objection));
  const [ingress, egress] = [rulesOf('ingress'), rulesOf('egress')];
  return {
    object,
    namespace: object.metadata.namespace ?? 'default',
    name: object.metadata.name ?? '',
    selector: selectorFrom(spec['podSelector'], 'spec.podSelector', objection),
    ...(types.includes('ingress') ? { ingress } : {}),
    ...(types.includes('egress') ? { egress } : {}),
    dead: given.filter((direction) => !types.includes(direction)),
  };
}

function typesOf(spec: Fields, objection: Objection): readonly Direction[] {
  const given = listIn(spec, 'policyTypes');
  if (given.length === 0) return listIn(spec, 'egress').length > 0 ? directions : ['ingress'];
  return given.flatMap((type, at): readonly Direction[] => {
    if (type === 'Ingress') return ['ingress'];
    if (type === 'Egress') return ['egress'];
    objection(`spec.policyTypes[${at}]`, `${JSON.stringify(type)} is not a policy type: Ingress and Egress are`);
    return [];
  });
}

function ruleReader(direction: Direction, objection: Objection): (rule: unknown, at: number) => Rule {
  return (rule, at) => {
    const path = `spec.${direction}[${at}]`;
    if (rule !== null && !isFields(rule)) objection(path, 'a rule is an object');
    const side = direction === 'ingress' ? 'from' : 'to';
    const [peers, ports] = [listIn(rule, side), listIn(rule, 'ports')];
    return {
      peers:
        peers.length === 0 ? undefined : peers.flatMap((peer, n) => peerFrom(peer, `${path}.${side}[${n}]`, objection)),
      ports: ports.length === 0 ? undefined : rulePortsFrom(ports, `${path}.ports`, objection),
      path,
    };
  };
}

function peerFrom(peer: unknown, path: string, objection: Objection): readonly Peer[] {
  const { ipBlock, namespaceSelector, podSelector } = fieldsIn(peer);
  const selectors = [namespaceSelector, podSelector].filter((one) => one !== undefined && one !== null);
  if (isFields(ipBlock)) {
    if (selectors.length > 0) objection(path, 'an ipBlock and a selector cannot be in one peer');
    return blockFrom(ipBlock, path, objection);
  }
  if (selectors.length === 0) {
    objection(path, 'a peer needs an ipBlock, a namespaceSelector or a podSelector');
    return [];
  }
  const read = (value: unknown, name: string) =>
    value === undefined || value === null ? undefined : selectorFrom(value, `${path}.${name}`, objection);
  return [
    {
      kind: 'pods',
      namespaces: read(namespaceSelector, 'namespaceSelector'),
      pods: read(podSelector, 'podSelector'),
      path,
    },
  ];
}

function blockFrom(block: Fields, path: string, objection: Objection): readonly BlockPeer[] {
  const cidr = textIn(block, 'cidr') ?? '';
  const whole = cidrFrom(cidr);
  if (whole === undefined) objection(`${path}.ipBlock.cidr`, `"${cidr}" is not a range in CIDR notation`);
  const outer = whole ?? noRange;
  const except = listIn(block, 'except').map((one, at) => {
    const inner = typeof one === 'string' ? cidrFrom(one) : undefined;
    if (inner === undefined || !isWithinRanges(inner, outer) || isWithinRanges(outer, inner)) {
      objection(`${path}.ipBlock.except[${at}]`, `${JSON.stringify(one)} is not a range within ${cidr}`);
    }
    return inner ?? noRange;
  });
  return [{ kind: 'block', cidr, ranges: rangesWithout(outer, jointRanges(except)), path }];
}
