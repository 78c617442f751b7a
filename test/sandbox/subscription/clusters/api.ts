import type { Answer, ClusterObject } from '../wire';
import { fieldsOf, textOf } from '../wire';
import { clusterRefusals } from './status';
import { selectionOf } from './field-selector';
import { servedBy, versionsOf } from './served';

export interface ClusterState {
  readonly objects: readonly ClusterObject[];
  /** Goes up with every change. */
  readonly revision: number;
  /** Lists of older revisions cannot be gone on with. */
  readonly compacted: number;
}

export interface ListPath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** What a path lists over all namespaces. */
export function listPathOf(path: string): ListPath | undefined {
  const core = /^\/api\/(v1)\/([^/]+)$/.exec(path);
  if (core !== null) return { group: '', version: core[1] ?? '', plural: core[2] ?? '' };
  const [, group, version, plural] = /^\/apis\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return group === undefined ? undefined : { group, version: version ?? '', plural: plural ?? '' };
}

/** The API server of a cluster: its version, its groups, and lists over all namespaces. Nothing else of it is here. */
export function answerApi(state: ClusterState, path: string, query: URLSearchParams): Answer {
  if (path === '/version') return ok({ major: '1', minor: '33', gitVersion: 'v1.33.2', platform: 'linux/amd64' });
  const [, group, version] = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (group !== undefined)
    return version === undefined ? answerGroup(state, group) : answerKinds(state, group, version);
  const wanted = listPathOf(path);
  return wanted === undefined ? clusterRefusals.unknownPath() : answerList(state, wanted, query);
}

const ok = (body: unknown): Answer => ({ status: 200, headers: { 'cache-control': 'no-cache, private' }, body });

function answerGroup({ objects }: ClusterState, group: string): Answer {
  const versions = versionsOf(servedBy(objects), group).map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  if (versions.length === 0) return clusterRefusals.unknownPath();
  return ok({ kind: 'APIGroup', apiVersion: 'v1', name: group, versions, preferredVersion: versions[0] });
}

/** derived: what can be done with a kind, and whether it is in namespaces, is left out. */
function answerKinds({ objects }: ClusterState, group: string, version: string): Answer {
  const groupVersion = `${group}/${version}`;
  const kinds = servedBy(objects).get(groupVersion);
  if (kinds === undefined) return clusterRefusals.unknownPath();
  const resources = [...kinds].map(([name, kind]) => ({ name, kind }));
  return ok({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
}

function answerList(state: ClusterState, wanted: ListPath, query: URLSearchParams): Answer {
  const at = `${wanted.group}/${wanted.version}`;
  const kinds = servedBy(state.objects).get(at);
  if (kinds === undefined) return clusterRefusals.unknownPath();
  const kind = kinds.get(wanted.plural);
  if (kind === undefined)
    return isOwn(wanted.group) ? clusterRefusals.unknownResource() : clusterRefusals.unknownPath();
  const selection = selectionOf(query);
  if (selection.kind === 'refused') return selection.answer;
  const start = startOf(query.get('continue'), state);
  if (start.kind === 'refused') return start.answer;
  const all = state.objects
    .filter((one) => `${one.group}/${one.version}` === at && one.plural === wanted.plural)
    .filter(({ object }) => selection.kind === 'all' || selection.has(object))
    .map((one) => ({ key: keyOf(one), object: one.object }))
    .toSorted((left, right) => (left.key < right.key ? -1 : 1))
    .filter(({ key }) => key >= start.key);
  const limit = limitOf(query);
  const page = all.slice(0, limit);
  const next = all[limit];
  const apiVersion = wanted.group === '' ? wanted.version : at;
  // How many selected ones are left is not counted.
  const remaining = selection.kind === 'all' ? { remainingItemCount: all.length - limit } : {};
  const more = next === undefined ? {} : { continue: tokenOf(start.revision, next.key), ...remaining };
  const items = page.map(({ object }) => (isOwn(wanted.group) ? withoutType(object) : object));
  return ok({ kind: `${kind}List`, apiVersion, metadata: { resourceVersion: String(start.revision), ...more }, items });
}

/** `resourceVersion=0` ignores the limit, and a limit of 0 or below is none. */
function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 0);
  return limit > 0 && query.get('resourceVersion') !== '0' ? limit : Infinity;
}

/** Items of the server's own groups carry neither kind nor version. */
const isOwn = (group: string): boolean =>
  !group.includes('.') || (group.endsWith('.k8s.io') && !group.startsWith('gateway.'));

function withoutType(object: ClusterObject['object']): unknown {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'kind' && name !== 'apiVersion'));
}

function keyOf({ object }: ClusterObject): string {
  const { namespace, name } = fieldsOf(object, 'metadata');
  return `${textOf(namespace)}/${textOf(name)}`;
}

const tokenOf = (revision: number, start: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');

type Start =
  | { readonly kind: 'at'; readonly key: string; readonly revision: number }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** derived: what changed since a token was given shows in later pages, too; only that it is gone is simulated. */
function startOf(token: string | null, { revision, compacted }: ClusterState): Start {
  if (token === null) return { kind: 'at', key: '', revision };
  const decoded = decode(token);
  if (decoded === undefined) return { kind: 'refused', answer: clusterRefusals.badToken() };
  if (decoded.rv === -1) return { kind: 'at', key: decoded.start, revision };
  if (decoded.rv < compacted) return { kind: 'refused', answer: clusterRefusals.expired(tokenOf(-1, decoded.start)) };
  return { kind: 'at', key: decoded.start, revision: decoded.rv };
}

function decode(token: string): { readonly rv: number; readonly start: string } | undefined {
  try {
    const { rv, start } = fieldsOf(JSON.parse(Buffer.from(token, 'base64url').toString()));
    return typeof rv === 'number' && typeof start === 'string' ? { rv, start } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
