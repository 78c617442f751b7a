import { severities, type Problem, type Severity } from '../../core/verdict';
import type { Binding } from '../permissions/binding';
import type { Permissions } from '../permissions/permissions';
import type { Grade } from '../permissions/risk';
import type { Role } from '../permissions/role';
import { ruleShapes } from '../permissions/shapes';
import type { TraitId } from '../permissions/traits';
import type { ClusterRoleFacts } from './facts';
import { furtherIn } from './further-risks';
import { entryOf, gradeOf, isLowered, namesOf, standingOf, worse, type Place } from './grades';
import { claimsPlatform } from './own-by-aks';

interface Found {
  readonly id: string;
  readonly grade: Grade;
}

const shapeIds = new Set(ruleShapes.map(({ id }) => id));

/** What is dangerous about that which a binding grants. */
export function grantProblems(
  binding: Binding,
  role: Role,
  model: Permissions,
  facts: ClusterRoleFacts,
): readonly Problem[] {
  if (binding.subjects.length === 0) return [];
  const found = foundIn(binding, role, model, facts);
  const severityOf = severityFor(binding, found, model, facts);
  const admin = found.find(({ id }) => id === 'cluster-admin-binding' || id === 'any-any');
  const where = binding.namespace === undefined ? 'the whole cluster' : `the namespace ${binding.namespace}`;
  const who = namesOf(binding.subjects);
  if (admin !== undefined) {
    const rest = found.filter(({ id }) => id.endsWith('-binding') && id !== admin.id);
    return [
      problem(severityOf, admin, `${role.title} makes ${who} administrator of ${where}`),
      ...rest.map((one) => problem(severityOf, one, entryOf(one.id)?.text ?? one.id)),
    ];
  }
  return [
    ...ofShapes(
      found.filter(({ id }) => shapeIds.has(id)),
      role,
      severityOf,
    ),
    ...found
      .filter(({ id }) => id.endsWith('-binding'))
      .map((one) => problem(severityOf, one, entryOf(one.id)?.text ?? one.id)),
    ...ofRisks(
      found.filter(({ id }) => !shapeIds.has(id) && !id.endsWith('-binding')),
      `${who} may, in ${where},`,
      severityOf,
    ),
  ];
}

type SeverityOf = (grade: Grade) => { readonly severity: Severity; readonly because?: string };

function problem(severityOf: SeverityOf, { id, grade }: Found, text: string): Problem {
  const { severity, because } = severityOf(grade);
  return { severity, reason: sentence(text, [entryOf(id)?.instead ?? ''], because) };
}

function sentence(text: string, instead: readonly string[], because: string | undefined): string {
  return [because === undefined ? text : `${text} (${because})`, ...instead.filter((one) => one !== '')].join('; ');
}

/** One sentence for all that the rules look like. */
function ofShapes(found: readonly Found[], role: Role, severityOf: SeverityOf): readonly Problem[] {
  const [first] = found;
  if (first === undefined) return [];
  const { severity, because } = severityOf(found.map(({ grade }) => grade).reduce(worse));
  // All verbs on all resources of a group says more than that some of them may be deleted.
  const wild = found.some(({ id }) => id === 'wildcard-verb') && found.some(({ id }) => id === 'wildcard-resource');
  const shown = found.filter(({ id }) => !wild || id !== 'mass-delete');
  const texts = shown.map(({ id }) => entryOf(id)?.text ?? id);
  return [{ severity, reason: sentence(`${role.title} grants ${texts.join(', ')}`, insteads(shown), because) }];
}

/** One sentence for each severity. */
function ofRisks(found: readonly Found[], start: string, severityOf: SeverityOf): readonly Problem[] {
  const grouped = Map.groupBy(found, ({ grade }) => severityOf(grade).severity);
  return severities.toReversed().flatMap((severity) => {
    const group = grouped.get(severity) ?? [];
    const [first] = group;
    if (first === undefined) return [];
    const because = severityOf(first.grade).because;
    const texts = group.map(({ id }) => entryOf(id)?.text ?? id);
    return [{ severity, reason: sentence(`${start} ${texts.join(', ')}`, insteads(group), because) }];
  });
}

/** What to do about the first few. */
const insteads = (found: readonly Found[]): readonly string[] =>
  [...new Set(found.map(({ id }) => entryOf(id)?.instead ?? ''))].slice(0, 3);

function foundIn(binding: Binding, role: Role, model: Permissions, facts: ClusterRoleFacts): readonly Found[] {
  const traits = model.traitsOf(role);
  const place: Place = binding.namespace ?? '*';
  const shapes = [...model.shapesOf(binding), ...model.risksOfRole(role).filter((id) => shapeIds.has(id))];
  const granted = Object.entries(model.risksOfBinding(binding)).flatMap(([where, ids]) =>
    ids.map((id) => [id, where] as const),
  );
  const all = [...shapes.map((id) => [id, place] as const), ...granted].flatMap(([id, where]) => {
    const grade = gradeOf(id, where, facts);
    return grade === undefined ? [] : [{ id, grade: adjusted(id, grade, traits, facts) }];
  });
  // Certificates and users lie outside namespaces: a RoleBinding grants nothing of it.
  const further = binding.namespace === undefined ? furtherIn(traits) : [];
  return [...all, ...further.map(({ id, grade }) => ({ id, grade }))];
}

/** Grades that depend on what else is granted, or on the version of Kubernetes. */
function adjusted(id: string, grade: Grade, traits: readonly TraitId[], facts: ClusterRoleFacts): Grade {
  // Writing roles stays within what the writer holds, unless it may bind or escalate.
  if (id === 'write-rbac' && grade === 'critical') return traits.includes('stronger-than-itself') ? grade : 'high';
  const byCreate = streams[id];
  if (byCreate === undefined || minorOf(facts) < createIsChecked) return grade;
  return traits.includes(byCreate) ? grade : 'low';
}

const streams: Readonly<Record<string, TraitId>> = { exec: 'exec-by-create', portforward: 'portforward-by-create' };

/** From this minor version on, get alone does not open a stream («Kubernetes 1.35: AuthorizePodWebsocketUpgradeCreatePermission»). */
const createIsChecked = 35;

function minorOf({ kubernetesVersion }: ClusterRoleFacts): number {
  return Number(/^v?1\.(\d+)/.exec(kubernetesVersion ?? '')?.[1] ?? 0);
}

/** The worst that any of the subjects makes of it; what is less bad for one of them is so only when it is for all. */
function severityFor(
  binding: Binding,
  found: readonly Found[],
  model: Permissions,
  facts: ClusterRoleFacts,
): SeverityOf {
  const ids = found.map(({ id }) => id).filter((id) => !id.endsWith('-binding') && !shapeIds.has(id));
  const around = { ids, claimsPlatform: claimsPlatform(binding), model, facts };
  const standings = binding.subjects.map((subject) => standingOf(subject, around));
  const [because] = standings.map((standing) => standing.because);
  return (grade) => {
    const given = standings.map((standing) => standing.severity(grade));
    const severity = severities.findLast((one) => given.includes(one)) ?? 'low';
    return { severity, ...(standings.every(isLowered) && because !== undefined && { because }) };
  };
}
