import type { Inventory } from '../core/inventory';
import type { Json, Resource } from '../core/resource';
import type { Severity, Verdict } from '../core/verdict';
import { hopResolver } from './alias-hop';
import { compile } from './compile';
import { evaluate } from './evaluate';
import { readDefinition, type Definition } from './parse-definition';
import { sentenceOf } from './reasons';
import { prepare } from './subject';

/**
 * The judgement of a definition that Steward itself deploys, for resources of one type; `say` puts the reason in words
 * where the definition's own conditions do not read well. Throws when the definition cannot be read: it is a part of the code.
 */
export function ownRule(
  policy: Json,
  { severity, say }: { readonly severity: Severity; readonly say?: (subject: Resource) => string },
): (subject: Resource, inventory: Inventory) => Verdict {
  const definition = definitionIn(policy);
  const compiled = new Map<string, ReturnType<typeof compile>>();
  return (subject, inventory) => {
    const type = subject.type.toLowerCase();
    const rule = compiled.get(type) ?? compile(definition, { resourceType: subject.type, aliases: hopResolver });
    compiled.set(type, rule);
    const utcNow = inventory.now.replace(/\.(\d{3})Z$/, '.$10000Z');
    const evaluation = evaluate(rule, prepare(subject as unknown as Json), { utcNow });
    switch (evaluation.state) {
      case 'compliant':
        return { state: 'compliant', reason: definition.displayName };
      case 'notApplicable':
        return { state: 'notApplicable', reason: evaluation.because };
      case 'nonCompliant': {
        const reason = say?.(subject) ?? evaluation.reasons.map(sentenceOf).join(', and ');
        return { state: 'violation', problems: [{ severity, reason }] };
      }
      case 'unknown':
        return { state: 'unknown', reason: `${definition.displayName}: ${evaluation.unknown.message}` };
      case 'needs':
        return { state: 'unknown', reason: `${definition.displayName}: the rule asks for other resources` };
    }
  };
}

function definitionIn(policy: Json): Definition {
  const read = readDefinition(policy);
  if (read.ok) return read.definition;
  throw new Error(
    `a policy of Steward's own cannot be read: ${read.problems.map(({ message }) => message).join('; ')}`,
  );
}
