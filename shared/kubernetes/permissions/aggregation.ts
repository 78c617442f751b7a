import { fieldsOf, isFields, listOf, textOf } from './fields';
import { selects } from './label-selector';
import type { Marks } from './marks';
import { marksOfRules } from './marks';
import type { Role } from './role';
import type { Rule } from './rule';

/** Selectors of roles, and the roles that each of them takes over. */
export interface Aggregation {
  /** Every rule of a role: its own, and those of the roles that it takes over, however far. */
  readonly rulesOf: (role: Role) => readonly Rule[];
  readonly marksOf: (role: Role) => Marks;
  /** The roles that a role takes over, however far; without itself. */
  readonly takenOverBy: (role: Role) => readonly Role[];
}

interface Node {
  readonly members: readonly Role[];
  marks: Marks;
}

/**
 * What the roles grant with what they take over («Kubernetes: aggregated ClusterRoles»). Stored rules stay: on a live
 * cluster its controller has filled them in already. Roles may take over each other in a circle.
 */
export function aggregationOf(roles: readonly Role[]): Aggregation {
  const clusterRoles = roles.filter(({ kind }) => kind === 'ClusterRole');
  const nodes = nodesOf(clusterRoles);
  const own = new Map(roles.map((role) => [role, marksOfRules(role.rules)]));
  spread(clusterRoles, nodes, own);
  return {
    rulesOf: (role) => reached(role, nodes).flatMap(({ rules }) => rules),
    marksOf: (role) => own.get(role) ?? marksOfRules(role.rules),
    takenOverBy: (role) => reached(role, nodes).filter((one) => one !== role),
  };
}

/** One text for all selectors that select the same by what they say. */
function keyOf(selector: unknown): string {
  if (!isFields(selector)) return '';
  const labels = Object.entries(fieldsOf(selector, 'matchLabels'));
  const expressions = listOf(selector, 'matchExpressions').map((one) => [
    textOf(one, 'key'),
    textOf(one, 'operator'),
    listOf(one, 'values').filter(isText),
  ]);
  return JSON.stringify([labels.map(([key, value]) => [key, isText(value) ? value : null]), expressions]);
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** One node for all selectors that read the same. */
function nodesOf(roles: readonly Role[]): ReadonlyMap<string, Node> {
  const byLabel = Map.groupBy(
    roles.flatMap((role) => [...role.labels].map(([key, value]) => ({ label: `${key}=${value}`, role }))),
    ({ label }) => label,
  );
  const selectors = new Map(roles.flatMap(({ selectors }) => selectors.map((one) => [keyOf(one), one] as const)));
  return new Map(
    [...selectors].map(([key, selector]) => {
      const label = firstLabelOf(selector);
      const candidates = label === undefined ? roles : (byLabel.get(label) ?? []).map(({ role }) => role);
      return [key, { members: candidates.filter((role) => selects(selector, role.labels)), marks: 0n }];
    }),
  );
}

function firstLabelOf(selector: unknown): string | undefined {
  const [first] = Object.entries(fieldsOf(selector, 'matchLabels'));
  return first !== undefined && isText(first[1]) ? `${first[0]}=${first[1]}` : undefined;
}

/** Hands marks on from roles to the selectors that select them, and from selectors to their roles, until nothing is new. */
function spread(roles: readonly Role[], nodes: ReadonlyMap<string, Node>, own: Map<Role, Marks>): void {
  const selectedBy = new Map<Role, Node[]>();
  const heldBy = new Map<Node, Role[]>();
  for (const node of nodes.values()) for (const role of node.members) listIn(selectedBy, role).push(node);
  const held = roles.flatMap((role) => role.selectors.map((selector) => ({ role, node: nodes.get(keyOf(selector)) })));
  for (const { role, node } of held) if (node !== undefined) listIn(heldBy, node).push(role);
  const changed = roles.filter((role) => selectedBy.has(role));
  for (let role = changed.pop(); role !== undefined; role = changed.pop()) {
    const marks = own.get(role) ?? 0n;
    const grown = (selectedBy.get(role) ?? []).filter((node) => (node.marks | marks) !== node.marks);
    for (const node of grown) {
      node.marks |= marks;
      const holders = (heldBy.get(node) ?? []).filter((holder) => take(own, holder, node.marks));
      append(changed, holders);
    }
  }
}

function append<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one);
}

function take(own: Map<Role, Marks>, role: Role, marks: Marks): boolean {
  const before = own.get(role) ?? 0n;
  own.set(role, before | marks);
  return (before | marks) !== before;
}

function listIn<K, V>(map: Map<K, V[]>, key: K): V[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

/** The role and every role that it takes over. */
function reached(role: Role, nodes: ReadonlyMap<string, Node>): readonly Role[] {
  const roles = new Set([role]);
  const seen = new Set<string>();
  for (const each of roles) {
    const keys = each.selectors.map(keyOf).filter((key) => !seen.has(key));
    for (const key of keys) seen.add(key);
    for (const member of keys.flatMap((key) => nodes.get(key)?.members ?? [])) roles.add(member);
  }
  return [...roles];
}
