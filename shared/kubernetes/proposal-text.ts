import { shortHash } from '../core/hash';
import { at, textOf, type Fields } from './fields';
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
  const apart = parts.length === 1 ? undefined : reasonToApplyApart(proposals);
  const isTogether = target.kind === 'cluster' && parts.length > 1 && apart === undefined;
  const whole = parts.map(({ yaml }) => yaml).join('---\n');
  const head =
    parts.length === 1 || target.kind === 'files'
      ? []
      : [
          `${parts.length} proposals`,
          ...(apart === undefined ? applied(whole) : [`${apart}: apply each by itself, as it says`]),
        ];
  const texts = parts.map(({ one, yaml }) => {
    const how = isTogether ? [] : ['', ...howTo(one, target, yaml)];
    return `${comments([...about(one, target), ...how])}${yaml}`;
  });
  return `${comments(head)}${head.length === 0 ? '' : '---\n'}${texts.join('---\n')}`;
}

function howTo(one: Told, target: Target, yaml: string): readonly string[] {
  if (target.kind === 'cluster') {
    const fixed = patchOf(one).find(isFixed);
    return fixed === undefined ? applied(yaml) : anew(textOf(fixed['kind']));
  }
  return intoFiles(one, target.placeOf(one));
}

/** What is there is changed where it stands; what is written anew, as a policy for a namespace, stands nowhere yet. */
function intoFiles(one: Told, place: string | undefined): readonly string[] {
  const patches = patchOf(one);
  const own = objectIdOf('', one.finding.object);
  const isThere = (patch: Fields): boolean => place !== undefined && idOf(patch) === own;
  const added = patches.filter((patch) => !isThere(patch));
  const isMixed = added.length > 0 && added.length < patches.length;
  const all = added.length === 1 ? 'it' : 'them';
  const these = isMixed ? added.map(nameIn).join(', ') : all;
  const fields = isMixed ? `the fields of ${patches.filter(isThere).map(nameIn).join(', ')}` : 'these fields';
  return [
    ...(added.length === 0 ? [] : [`add ${these} to what is applied`]),
    ...(patches.some(isThere)
      ? [`set ${fields} where the object stands, at ${place}, or list this as a patch of its kustomization`]
      : []),
  ];
}

const nameIn = (patch: Fields): string => `${textOf(patch['kind'])} ${textOf(at(patch, 'metadata', 'name'))}`;

/**
 * kubectl looks for missing fields itself where the API server does not look at fields (before Kubernetes 1.25), and a patch
 * leaves out what stays: `warn` makes it leave that to the server.
 */
function applied(yaml: string): readonly string[] {
  return [
    `to apply: kubectl apply --server-side --validate=warn --field-manager=steward-${shortHash(yaml)} -f -`,
    'a conflict names who set the field: change it at that source; add --force-conflicts only where there is none, as with kubectl-edit',
  ];
}

const anew = (kind: string): readonly string[] => [
  `to apply: set these fields where the ${kind} is defined, delete it and create it anew: an API server does not change them in one that exists`,
];

/** Of which an API server lets nobody change the containers. */
const isFixed = ({ kind }: Fields): boolean => kind === 'Pod' || kind === 'Job';

function reasonToApplyApart(proposals: readonly Told[]): string | undefined {
  if (meetTwice(proposals)) return 'some are about the same object';
  return proposals.flatMap(patchOf).some(isFixed) ? 'some are about what cannot be changed while it exists' : undefined;
}

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
