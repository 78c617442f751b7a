import type { Severity } from '../../core/verdict';
import { isAnonymous, isEverybody } from '../permissions/binding-shapes';
import type { Permissions } from '../permissions/permissions';
import type { Grade } from '../permissions/risk';
import { risks } from '../permissions/risks';
import { bindingShapes, capture, ruleShapes } from '../permissions/shapes';
import { subjectTitle, type Subject } from '../permissions/subject';
import { isManaged, type ClusterRoleFacts } from './facts';
import { furtherRisks } from './further-risks';
import { controllerOf } from './known-controllers';

const order: readonly Grade[] = ['low', 'medium', 'high', 'critical'];

/** Where something is granted: everywhere, or in a namespace. */
export type Place = '*' | (string & {});

const byId = new Map(
  [...risks, ...furtherRisks, ...ruleShapes, ...bindingShapes, capture].map((entry) => [entry.id, entry]),
);

/** What a job in a namespace is made of: no risk when it is granted there and nowhere else. */
const duties = new Set([
  'secrets-read',
  'create-pods',
  'workload-controllers',
  'workload-batch',
  'modify-pods',
  'pod-status',
  'portforward',
  'pod-service-proxy',
  'service-status',
  'endpoints-edit',
  'netpol-write',
  'events-delete',
]);

/** How bad it is to have something at a place; undefined where it is part of a job. */
export function gradeOf(id: string, place: Place, facts: ClusterRoleFacts): Grade | undefined {
  const entry = byId.get(id);
  if (entry === undefined) return undefined;
  const inKubeSystem = 'inKubeSystem' in entry ? entry.inKubeSystem : undefined;
  if (place === '*' || place === 'kube-system') return inKubeSystem ?? entry.grade;
  if (isManaged(place, facts)) return entry.grade;
  if (duties.has(id)) return undefined;
  const inNamespace = 'inNamespace' in entry ? entry.inNamespace : undefined;
  return inNamespace ?? (entry.grade === 'critical' ? 'high' : lower(entry.grade));
}

const lower = (grade: Grade): Grade => order[Math.max(order.indexOf(grade) - 1, 0)] ?? 'low';
const higher = (grade: Grade): Grade => order[Math.min(order.indexOf(grade) + 1, 3)] ?? 'critical';

export const severityOf = (grade: Grade): Severity => (grade === 'critical' ? 'high' : grade);

export function worse(left: Grade, right: Grade): Grade {
  return order.indexOf(left) >= order.indexOf(right) ? left : right;
}

/** Who stands behind a subject, as far as it changes how bad a grant is. */
export interface Standing {
  /** Changes the severity of a grade. */
  readonly severity: (grade: Grade) => Severity;
  /** Why it is less bad, as a sentence without a full stop. */
  readonly because?: string;
}

/** What is known around a binding. */
export interface Surroundings {
  /** What it grants of the catalogue. */
  readonly ids: readonly string[];
  /** It says that AKS or Kubernetes makes it. */
  readonly claimsPlatform: boolean;
  readonly model: Permissions;
  readonly facts: ClusterRoleFacts;
}

/** What the kind of a subject makes of the risks that a binding gives it. */
export function standingOf(subject: Subject, around: Surroundings): Standing {
  if (isAnonymous(subject) || isEverybody(subject)) return { severity: () => 'high' };
  return subject.kind === 'ServiceAccount' ? standingOfAccount(subject, around) : { severity: severityOf };
}

function standingOfAccount(
  account: Extract<Subject, { kind: 'ServiceAccount' }>,
  { ids, claimsPlatform, model, facts }: Surroundings,
): Standing {
  const title = `${account.namespace}/${account.name}`;
  const exception = facts.exceptions?.find((one) => one.account === title);
  if (exception !== undefined) {
    return { severity: () => 'low', because: `${exception.owner} answers for it: ${exception.reason}` };
  }
  // People put things into kube-system, too: what does not even claim to be the platform's is theirs.
  if (claimsPlatform && isManaged(account.namespace, facts) && account.name !== 'default') {
    return { severity: () => 'low', because: `${account.namespace} is managed by AKS` };
  }
  const product = controllerOf(account.name, ids);
  if (product !== undefined) {
    return { severity: (grade) => lowered(severityOf(grade)), because: `${product} is known to need such rights` };
  }
  const mounted = model.mounts(account);
  return { severity: (grade) => severityOf(mounted ? higher(grade) : grade) };
}

const lowered = (severity: Severity): Severity => (severity === 'high' ? 'medium' : 'low');

export const isLowered = ({ because }: Standing): boolean => because !== undefined;

/** A text for the subjects of a binding, the first few of them. */
export function namesOf(subjects: readonly Subject[]): string {
  const titles = subjects.slice(0, 3).map(subjectTitle);
  const more = subjects.length - titles.length;
  return more > 0
    ? `${titles.join(', ')} and ${more} more`
    : titles.join(' and ').replace(' and ', titles.length > 2 ? ', ' : ' and ');
}

/** What the catalogue says of an entry. */
export function entryOf(id: string): { readonly text: string; readonly instead: string } | undefined {
  const entry = byId.get(id);
  if (entry === undefined) return undefined;
  return { text: 'may' in entry ? entry.may : entry.what, instead: entry.instead };
}
