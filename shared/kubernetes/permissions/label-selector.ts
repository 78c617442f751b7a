import { fieldsOf, isFields, listOf, textOf, type Fields } from './fields';

type Labels = ReadonlyMap<string, string>;

/** Whether labels fit a selector («Kubernetes: labels and selectors»). One that cannot be understood selects nothing. */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isFields(selector)) return false;
  const wanted = Object.entries(fieldsOf(selector, 'matchLabels'));
  return (
    wanted.every(([key, value]) => typeof value === 'string' && labels.get(key) === value) &&
    listOf(selector, 'matchExpressions').every((expression) => isFields(expression) && holds(expression, labels))
  );
}

function holds(expression: Fields, labels: Labels): boolean {
  const key = textOf(expression, 'key');
  if (key === undefined) return false;
  const value = labels.get(key);
  const values = listOf(expression, 'values');
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
