import type { Rule } from '../../kubernetes/permissions/rule';

/** Verbs, and what may be done with them. */
export interface RuleLine {
  readonly verbs: readonly string[];
  /** `pods`, `deployments.apps`, `*.*`, `/metrics`. */
  readonly on: readonly string[];
  /** Objects; empty: all of them. */
  readonly names: readonly string[];
}

/** The most single resources that are taken apart and put together again. */
const MOST_SINGLES = 5_000;

/** The same rules with resources of the same verbs in one line. Exact: no verb on more than the rules say. */
export function ruleLines(rules: readonly Rule[]): readonly RuleLine[] {
  const size = rules.reduce((sum, { apiGroups, resources }) => sum + apiGroups.length * resources.length, 0);
  return size > MOST_SINGLES ? rules.map(asWritten) : merged(rules);
}

function merged(rules: readonly Rule[]): readonly RuleLine[] {
  const verbsOn = new Map<string, { on: string; names: readonly string[]; verbs: Set<string> }>();
  const singles = rules.flatMap((rule) =>
    targetsOf(rule).map((on) => ({ on, verbs: rule.verbs, names: rule.resourceNames })),
  );
  for (const single of singles) {
    const names = single.names.toSorted();
    const key = JSON.stringify([single.on, names]);
    const entry = verbsOn.get(key) ?? { on: single.on, names, verbs: new Set() };
    verbsOn.set(key, entry);
    for (const verb of single.verbs) entry.verbs.add(verb);
  }
  const alike = Map.groupBy(verbsOn.values(), ({ names, verbs }) => JSON.stringify([verbsText(verbs), names]));
  return [...alike.values()].flatMap((same) =>
    same
      .slice(0, 1)
      .map(({ names, verbs }) => ({ names, verbs: verbsText(verbs), on: same.map(({ on }) => on).toSorted() })),
  );
}

function targetsOf({ apiGroups, resources, nonResourceURLs }: Rule): readonly string[] {
  return [
    ...apiGroups.flatMap((group) => resources.map((resource) => resourceText(resource, group))),
    ...nonResourceURLs.map(urlText),
  ];
}

/** A path says by its slash what it is. */
const urlText = (url: string): string => (url.startsWith('/') ? url : `URL ${url}`);

/** As kubectl writes it: `deployments.apps/scale`; `*.*` is every resource of every group. */
function resourceText(resource: string, group: string): string {
  if (group === '') return resource.startsWith('*') ? `${resource} (core group)` : resource;
  const [plural = '', ...sub] = resource.split('/');
  return [`${plural}.${group}`, ...sub].join('/');
}

const order = ['*', 'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const placeOf = (verb: string): number => (order.includes(verb) ? order.indexOf(verb) : order.length);

function verbsText(verbs: ReadonlySet<string>): readonly string[] {
  if (verbs.has('*')) return ['*'];
  return [...verbs].toSorted((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
}

/** Too many to be taken apart: the lists as they stand. */
function asWritten({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): RuleLine {
  const groups = apiGroups.map((group) => (group === '' ? 'core' : group)).join(', ');
  const on = nonResourceURLs.length > 0 ? nonResourceURLs : [`${resources.join(', ')} of the groups ${groups}`];
  return { verbs: verbsText(new Set(verbs)), on, names: resourceNames };
}
