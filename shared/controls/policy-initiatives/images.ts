import type { Problem } from '../../core/verdict';
import type { Rule } from './in-force';

const publicRegistries = [
  'mcr.microsoft.com',
  'docker.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'registry.k8s.io',
  'public.ecr.aws',
];

/** Expressions that allow more images than they look as if they did. */
export function imageProblems(rules: readonly Rule[]): readonly Problem[] {
  return rules.filter(isOn).flatMap((rule) =>
    [...rule.values].flatMap(([name, value]): readonly Problem[] => {
      const faults = /images?regex$/.test(name) && typeof value === 'string' ? faultsIn(value) : [];
      if (faults.length === 0) return [];
      const reason = `the expression of allowed images ${JSON.stringify(value)} ${faults.join(', and ')}`;
      return [{ severity: 'medium', reason }];
    }),
  );
}

const isOn = ({ isKubernetes, effect }: Rule): boolean => isKubernetes && effect !== 'disabled';

function faultsIn(expression: string): readonly string[] {
  const alternatives = alternativesOf(expression);
  const isOpen = alternatives.some((one) => !/^\(*\^/.test(one));
  const whole = publicRegistries.filter((registry) => alternatives.some((one) => takesAllOf(registry, one)));
  return [
    ...(isOpen ? ['begins anywhere in a name: begin each alternative with ^'] : []),
    ...(/[A-Za-z0-9-]\.[A-Za-z0-9]/.test(expression)
      ? ['has dots that stand for any character: write them as \\.']
      : []),
    ...whole.map((registry) => `allows all of the public registry ${registry}`),
    ...(alternatives.some((one) => /^\^?\(?\.[*+]\)?\$?$/.test(one)) ? ['allows every image'] : []),
  ];
}

function takesAllOf(registry: string, alternative: string): boolean {
  const plain = alternative.replaceAll('\\', '').replace(/^[(^]+/, '');
  return plain.startsWith(registry) && /^\/?\(?\.[*+]\)?[)$]*$/.test(plain.slice(registry.length));
}

/** The parts between the bars that stand in no bracket. */
function alternativesOf(expression: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const [index, character] of [...expression].entries()) {
    const isEscaped = expression[index - 1] === '\\';
    if (!isEscaped && /[([]/.test(character)) depth += 1;
    if (!isEscaped && /[)\]]/.test(character)) depth -= 1;
    if (character === '|' && depth === 0 && !isEscaped) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}
