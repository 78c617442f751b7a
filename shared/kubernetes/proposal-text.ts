import { shortHash } from '../core/hash';
import type { Fields } from './fields';
import { objectIdOf, referenceOf } from './ids';
import { proposalOf } from './judgement';
import { yamlOf } from './manifests/write';
import type { KubernetesObject } from './object';
import { patchOf, type ObjectProposal } from './proposals';

/** Where a proposal is meant to be applied. */
export type Target =
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'files'; readonly placeOf: (proposal: ObjectProposal) => string | undefined };

/** How a person finds the finding again, as its id. */
export interface Told extends ObjectProposal {
  readonly findingId?: string;
}

/**
 * Proposals as one stream of YAML, with comments that say what each is about, what it changes and how it is applied.
 *
 * Each text has a field manager of its own: when a manager applies something else to an object, server-side apply takes
 * away what it had applied there before (Kubernetes: Server-Side Apply, «Field management»).
 */
export function proposalText(proposals: readonly Told[], target: Target): string {
  const parts = proposals.map((one) => ({ one, yaml: yamlOf(patchOf(one)) }));
  const isTogether = target.kind === 'cluster' && (parts.length === 1 || !meetTwice(proposals));
  const whole = parts.map(({ yaml }) => yaml).join('---\n');
  const head =
    parts.length === 1 || target.kind === 'files'
      ? []
      : [`${parts.length} proposals`, ...(isTogether ? applied(whole) : eachByItself)];
  const texts = parts.map(({ one, yaml }) => {
    const how = howTo(one, target, yaml);
    return `${comments([...about(one, target), '', ...(isTogether && parts.length > 1 ? [] : how)])}${yaml}`;
  });
  return `${comments(head)}${head.length === 0 ? '' : '---\n'}${texts.join('---\n')}`;
}

function howTo(one: Told, target: Target, yaml: string): readonly string[] {
  if (target.kind === 'cluster') return applied(yaml);
  const place = target.placeOf(one);
  return [
    place === undefined
      ? 'add it to what is applied'
      : `set these fields where the object stands, at ${place}, or list this as a patch of its kustomization`,
  ];
}

function applied(yaml: string): readonly string[] {
  return [
    `to apply: kubectl apply --server-side --field-manager=steward-${shortHash(yaml)} -f -`,
    'a conflict names who set the field: let them change it, rather than force it',
  ];
}

const eachByItself: readonly string[] = [
  'some are about the same object: apply each by itself, with the field manager that it names',
];

/** What would be applied to the same object differently. */
function meetTwice(proposals: readonly Told[]): boolean {
  const texts = new Map<string, string>();
  return proposals.flatMap(patchOf).some((patch) => {
    const [id, text] = [idOf(patch), yamlOf([patch])];
    const other = texts.get(id);
    texts.set(id, text);
    return other !== undefined && other !== text;
  });
}

const idOf = (patch: Fields): string => objectIdOf('', referenceOf(patch as unknown as KubernetesObject));

function about({ controlId, finding, findingId, keepers }: Told, target: Target): readonly string[] {
  const { object, title, problems } = finding;
  const where = target.kind === 'cluster' ? objectIdOf(target.cluster, object) : pathOf(objectIdOf('', object));
  const said = [...new Set([...(proposalOf(finding)?.effects ?? []), ...keepers()])];
  return [
    `Steward, ${controlId}: ${title}`,
    ...(where === '' ? [] : [where]),
    ...(findingId === undefined ? [] : [`finding ${findingId}`]),
    'what is wrong:',
    ...problems.map(({ reason }) => `- ${reason}`),
    ...(said.length === 0 ? [] : ['what it changes, and what to look at first:', ...said.map((one) => `- ${one}`)]),
  ];
}

const pathOf = (id: string): string => id.replace(/^\/kubernetes\//, '');

/** Lines as comments of YAML. A name may hold whatever a file says, and never ends its comment. */
export function comments(lines: readonly string[]): string {
  return lines
    .map((line) => `# ${line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF]+/gu, ' ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}
