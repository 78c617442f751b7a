import { worstOf, type Problem, type Severity, type Verdict } from '../../core/verdict';

/** Of an object that the API server would not store. */
export function refused(complaints: readonly string[]): Verdict {
  const [first = '', ...more] = complaints;
  const others = more.length > 0 ? `, and ${more.length} more` : '';
  return violation('low', `the API server would refuse it: ${first}${others}; put it right, or it grants nothing`);
}

/** The worst problems come first. */
export function verdictOf(problems: readonly Problem[], good: string): Verdict {
  if (problems.length === 0) return { state: 'compliant', reason: good };
  const worst = worstOf(problems);
  return {
    state: 'violation',
    problems: problems.toSorted((a, b) => Number(b.severity === worst) - Number(a.severity === worst)),
  };
}

export const violation = (severity: Severity, reason: string): Verdict => ({
  state: 'violation',
  problems: [{ severity, reason }],
});
