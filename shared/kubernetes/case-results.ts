import { isFields, textOf, type Fields } from './fields';

export interface CaseResults {
  readonly passed: number;
  /** Each: which case, what was expected, what was found. */
  readonly failures: readonly string[];
}

/** Runs cases and compares what is expected with what is found, whatever the order of their fields. */
export function resultsOf(
  cases: readonly Fields[],
  run: (one: Fields) => { readonly expected: unknown; readonly found: unknown },
): CaseResults {
  const failures = cases.flatMap((one, index) => {
    const name = textOf(one['name'] ?? one['id']) || `case ${index + 1}`;
    const { expected, found } = run(one);
    const [wanted, got] = [JSON.stringify(inOrder(expected)), JSON.stringify(inOrder(found))];
    return wanted === got ? [] : [`${name}: ${wanted} is expected, not ${got}`];
  });
  return { passed: cases.length - failures.length, failures };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, inner]) => [field, inOrder(inner)]));
}
