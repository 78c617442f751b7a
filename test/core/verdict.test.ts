import { reasonOf, worstOf, type Severity, type Verdict } from '../../shared/core/verdict';

const problem = (severity: Severity, reason = 'it is wrong'): { severity: Severity; reason: string } => ({
  severity,
  reason,
});

test.each<[string, readonly Severity[], Severity]>([
  ['one problem', ['medium'], 'medium'],
  ['problems with the worst first', ['high', 'low'], 'high'],
  ['problems with the worst last', ['low', 'medium', 'high'], 'high'],
  ['problems of the same severity', ['low', 'low'], 'low'],
  ['no problem', [], 'low'],
])('the severity of %s is the worst', (_, severities, worst) => {
  expect(worstOf(severities.map((severity) => problem(severity)))).toBe(worst);
});

test('a violation gives the reason of each of its problems', () => {
  const verdict: Verdict = {
    state: 'violation',
    problems: [problem('low', 'it is off'), problem('high', 'it is old')],
  };
  expect(reasonOf(verdict)).toBe('it is off; it is old');
});

test.each(['compliant', 'unknown', 'notApplicable'] as const)('a verdict that is %s gives its own reason', (state) => {
  expect(reasonOf({ state, reason: 'because' })).toBe('because');
});
