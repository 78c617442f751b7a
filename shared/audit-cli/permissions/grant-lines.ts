import { columns, joined, shortened, wrapped } from '../columns';
import type { Grant } from './grants';
import { ruleLines, type RuleLine } from './rule-lines';

/** So many lines of rules are told of one role. */
const MOST_RULES = 100;

/** A role at a place, and below it what it lets somebody do. */
export function grantLines(grant: Grant): readonly string[] {
  const { told, left } = rulesTold(grant);
  const rows = told.map(({ verbs, on, names }) => [
    joined(verbs, 40),
    joined(on, 70),
    wrapped(shortened(names, 12).join(' '), 40),
  ]);
  const lines =
    rows.length === 0
      ? ['nothing: the role has no rules']
      : columns(['VERBS', 'RESOURCES', rows.some(([, , names]) => names?.length) ? 'ONLY' : ''], rows);
  const more = left > 0 ? [`and ${left} more; --output json tells all`] : [];
  return [
    `  ${placeText(grant)}, by ${throughLines(grant).join(' ')}`,
    ...[...lines, ...more].map((line) => `    ${line}`),
  ];
}

/** The first of a grant's rules, and how many there are besides. */
export function rulesTold({ rules }: Grant): { readonly told: readonly RuleLine[]; readonly left: number } {
  const lines = ruleLines(rules);
  return { told: lines.slice(0, MOST_RULES), left: Math.max(lines.length - MOST_RULES, 0) };
}

export const placeText = ({ namespace }: Grant): string => (namespace === undefined ? 'everywhere' : `in ${namespace}`);

/** The role, what it takes over, and the bindings that give it. */
export function throughLines({ role, takesOver, bindings }: Grant): readonly string[] {
  const [names, parts] = [bindings, takesOver].map((some) =>
    shortened(
      some.map(({ title }) => title),
      4,
    ).join(' '),
  );
  const withParts = parts === '' ? [] : [`(with the rules of ${parts})`];
  return [role.title, ...withParts, `← ${names}`];
}
