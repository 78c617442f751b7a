import { sumOf } from '../../shared/core/judgement';
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

test('several of one kind are named by what they are about, each once', () => {
  const objects = '/…/kubernetes/apps/v1/namespaces/shop/deployments';
  const wrong = { state: 'violation', problems: [problem('high')] } as const;
  const aspects = ['web', 'web', 'pay'].map((name, index) => ({
    key: `${name}#${index}`,
    title: 'Containers are restricted',
    subject: `${objects}/${name}`,
    verdict: wrong,
  }));
  const right = { key: 'engine', title: 'There is an engine', verdict: { state: 'compliant', reason: '' } } as const;
  expect(reasonOf(sumOf([...aspects, right]))).toBe('3 of 4 not met: deployments/web; deployments/pay');
});
