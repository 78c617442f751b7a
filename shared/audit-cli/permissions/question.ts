import { allows, type Rule } from '../../kubernetes/permissions/rule';
import { groupsOf } from './resource-groups';

/** What the user asked for, as text. */
export interface Asked {
  readonly subject?: string | undefined;
  readonly verb?: string | undefined;
  readonly resource?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface Question {
  readonly subject?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly namespace?: string;
  /** Whether a rule grants something of what is asked for. */
  readonly isRule: (rule: Rule) => boolean;
  /** Whether what is granted there, everywhere when undefined, counts. */
  readonly isPlace: (namespace: string | undefined) => boolean;
}

/** What is left out means any. A resource is `pods`, `pods/exec`, `deployments.apps` or a path as `/metrics`. */
export function questionOf({ subject, verb, resource, namespace }: Asked): Question {
  return {
    ...(subject !== undefined && { subject }),
    ...(verb !== undefined && { verb }),
    ...(resource !== undefined && { resource }),
    ...(namespace !== undefined && { namespace }),
    isRule: (rule) => grants(rule, verb, resource),
    isPlace: (place) => namespace === undefined || place === undefined || place === namespace,
  };
}

/** As the API server decides it; a rule for objects of some names grants something of what is asked for. */
function grants(rule: Rule, verb: string | undefined, resource: string | undefined): boolean {
  const wantedVerb = verb ?? rule.verbs[0] ?? '';
  if (resource === undefined) return verb === undefined || rule.verbs.includes('*') || rule.verbs.includes(verb);
  if (resource.startsWith('/')) return allows(rule, { verb: wantedVerb, url: resource });
  const { name: plural, groups } = groupsOf(resource);
  const [name] = rule.resourceNames;
  return (groups ?? rule.apiGroups).some((group) =>
    allows(rule, { verb: wantedVerb, group, resource: plural, ...(name !== undefined && { name }) }),
  );
}
