import { isFields } from '../fields';
import { labelsIn, listIn, textIn } from './field-paths';

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** Sorted. */
  readonly values: readonly string[];
}

/** A label selector that the API server takes. Without labels and requirements it matches everything. */
export interface Selector {
  /** Sorted by key. */
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly requirements: readonly Requirement[];
  /** What tells it from others: those that say the same in another order or form have the same key. */
  readonly key: string;
}

/** Takes what is wrong with a field. */
export type Objection = (path: string, message: string) => void;

/** Reads a selector; what is wrong with it goes to `object`. A selector that is absent is the empty one. */
export function selectorFrom(value: unknown, path: string, object: Objection): Selector {
  if (value !== undefined && value !== null && !isFields(value)) object(path, 'a label selector is an object');
  const given = isFields(value) ? value['matchLabels'] : undefined;
  const labels = labelsIn(given);
  if (Object.keys(labels).length < Object.keys(isFields(given) ? given : {}).length) {
    object(`${path}.matchLabels`, 'the values of labels are texts');
  }
  const requirements = listIn(value, 'matchExpressions').flatMap((one, at) =>
    requirementFrom(one, `${path}.matchExpressions[${at}]`, object),
  );
  return selectorOf(labels, requirements);
}

export function selectorOf(
  labels: Readonly<Record<string, string>>,
  requirements: readonly Requirement[] = [],
): Selector {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const keys = [
    ...sorted.map(([key, value]) => JSON.stringify([key, 'In', [value]])),
    ...requirements.map(({ key, operator, values }) => JSON.stringify([key, operator, values])),
  ];
  return { labels: sorted, requirements, key: [...new Set(keys)].toSorted().join() };
}

function requirementFrom(value: unknown, path: string, object: Objection): readonly Requirement[] {
  const [key, operator] = [textIn(value, 'key'), textIn(value, 'operator')];
  const given = listIn(value, 'values');
  const values = given.filter((one) => typeof one === 'string').toSorted();
  const wrong = wrongIn(key, operator, values, given.length);
  if (wrong !== undefined) object(path, wrong);
  return wrong === undefined && key !== undefined && isOperator(operator) ? [{ key, operator, values }] : [];
}

function wrongIn(
  key: string | undefined,
  operator: string | undefined,
  values: readonly string[],
  given: number,
): string | undefined {
  if (key === undefined || key === '') return 'a requirement needs a key';
  if (!isOperator(operator)) {
    return `"${operator ?? ''}" is not an operator: In, NotIn, Exists and DoesNotExist are`;
  }
  if (values.length < given) return 'values are texts';
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && given === 0) return `${operator} needs values`;
  return !needsValues && given > 0 ? `${operator} takes no values` : undefined;
}

function isOperator(text: string | undefined): text is Operator {
  return text === 'In' || text === 'NotIn' || text === 'Exists' || text === 'DoesNotExist';
}

export function isEmptySelector({ labels, requirements }: Selector): boolean {
  return labels.length === 0 && requirements.length === 0;
}

export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return (
    selector.labels.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value) &&
    selector.requirements.every((requirement) => isMet(requirement, labels))
  );
}

function isMet({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === 'In' ? among : !among;
}

/** `{app=web,{Key:tier,Operator:In,Values:[a b],}}` */
export function selectorText({ labels, requirements }: Selector): string {
  const texts = requirements.map(
    ({ key, operator, values }) => `{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  );
  return `{${[...labels.map(([key, value]) => `${key}=${value}`), ...texts.toSorted()].join()}}`;
}
