import { AzureError } from '../../core/errors';
import type { KubernetesObject, ObjectKind } from '../../core/kubernetes-object';
import { badAnswer } from '../refusal';
import { answerIn, tokenOf, type Answer, type ListPage } from './answer';
import { isFields, type Fields } from './fields';
import { reduced, weightOf } from './reduced';
import { sharing } from './sharing';
import { tooLarge, type Ask } from './request';

/** A kind as it is read: all its objects, or those of some names only. */
export interface ListedKind extends ObjectKind {
  readonly names?: readonly string[];
}

export interface Means {
  readonly ask: Ask;
  readonly azureRbac: boolean;
  /** Waits so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Objects of a page. Larger ones take more memory and no less time. */
const pageSize = 100;
/** Where a page of them is too large, objects are: 1.5 MB at most. */
const smallPageSize = 10;
/** A cluster has 5,000 nodes at most, with ten pods each and more. */
const mostPages = 5_000;
/** Bytes, about, of what is kept of a list. */
const mostBytes = 160_000_000;

interface Progress {
  readonly found: KubernetesObject[];
  /** What is the same in many of them is kept once. */
  readonly share: (object: KubernetesObject) => KubernetesObject;
  weight: number;
  limit: number;
  token: string | undefined;
  /** Whether it was begun anew. */
  isSecond: boolean;
}

/**
 * All objects of a kind, or of its names, page after page, each reduced before the next is asked for. What the server does not
 * have is none. Throws AzureError: nothing is left out without a word.
 */
export async function listed(means: Means, { names, ...kind }: ListedKind): Promise<readonly KubernetesObject[]> {
  if (names === undefined) return allOf(means, kind);
  const found: KubernetesObject[] = [];
  for (const name of names) found.push(...(await allOf(means, { ...kind, name })));
  return found;
}

/** What one list asks for. The name is told to the server, which then sends nothing else and may be told to grant nothing else. */
interface Wanted extends ObjectKind {
  readonly name?: string;
}

async function allOf(means: Means, kind: Wanted, isElsewhere = false): Promise<readonly KubernetesObject[]> {
  const progress: Progress = {
    found: [],
    share: sharing(),
    weight: 0,
    limit: pageSize,
    token: undefined,
    isSecond: false,
  };
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await pageOf(means, kind, progress);
    if (answer === undefined) continue;
    if (answer.kind === 'absent' || answer.kind === 'unserved') return isElsewhere ? [] : servedElsewhere(means, kind);
    if (answer.kind === 'expired') begin(progress, answer.token);
    else if (!take(progress, answer.page, kind)) return progress.found;
  }
  throw tooMany(kind, `${mostPages} pages`);
}

/** A page, or nothing when it was too large and is to be asked for in smaller parts. */
async function pageOf(means: Means, kind: Wanted, progress: Progress): Promise<Answer | undefined> {
  const { limit, token } = progress;
  const { name } = kind;
  const only = name === undefined ? '' : `&fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
  const onward = token === undefined ? '' : `&continue=${encodeURIComponent(token)}`;
  const path = `${pathOf(kind)}?limit=${limit}${only}${onward}`;
  try {
    return await patient(means, async () => answerIn(await means.ask(path), means.azureRbac));
  } catch (error) {
    if (!(error instanceof AzureError) || error.code !== tooLarge || limit === smallPageSize) throw error;
    progress.limit = smallPageSize;
    return undefined;
  }
}

function pathOf({ group, version, plural }: ObjectKind): string {
  return group === '' ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`;
}

/**
 * The state of the cluster that the pages are taken from is gone after some minutes. The first time everything is read
 * again; then the rest is taken as it is now: what was there all the time is in it once, and what changed is seen next time.
 */
function begin(progress: Progress, token: string | undefined): void {
  if (progress.isSecond && token === undefined) throw badAnswer('a list that ended before its last page');
  if (progress.isSecond) {
    progress.token = token;
    return;
  }
  progress.found.length = 0;
  Object.assign(progress, { weight: 0, token: undefined, isSecond: true });
}

/** Whether there is more. */
function take(progress: Progress, { items, kind, apiVersion, metadata }: ListPage, wanted: ObjectKind): boolean {
  if (!Array.isArray(items) || typeof kind !== 'string' || typeof apiVersion !== 'string' || !kind.endsWith('List'))
    throw badAnswer('a page without a list of items');
  const of = { kind: kind.slice(0, -'List'.length), apiVersion };
  for (const item of items) {
    if (!isFields(item)) throw badAnswer('an item that is no object');
    const object = reduced(item, of);
    progress.found.push(progress.share(object));
    progress.weight += weightOf(object);
  }
  if (progress.weight > mostBytes) throw tooMany(wanted, `${Math.round(mostBytes / 1_000_000)} MB`);
  progress.token = tokenOf(metadata?.continue);
  return progress.token !== undefined;
}

function tooMany({ plural }: ObjectKind, most: string): AzureError {
  const message = `the cluster has ${plural} of more than ${most}, which is more than is held at once`;
  return new AzureError({ status: 0, code: 'TooManyObjects', message, retryable: false });
}

/**
 * A kind that is served in another version has its objects in that one, too, and a group may have it in that one only. One that
 * is not served has none.
 */
async function servedElsewhere(means: Means, kind: Wanted): Promise<readonly KubernetesObject[]> {
  const { group, version, plural } = kind;
  if (group === '') return [];
  for (const other of await versionsOf(means, group)) {
    if (other === version) continue;
    const resources = await asked(means, `/apis/${group}/${other}`, 'resources');
    if (resources.some(({ name }) => name === plural)) return allOf(means, { ...kind, version: other }, true);
  }
  return [];
}

/** In the order of the server, which begins with the one it prefers. */
async function versionsOf(means: Means, group: string): Promise<readonly string[]> {
  const versions = (await asked(means, `/apis/${group}`, 'versions')).map(({ version }) => version);
  if (!versions.every((version) => typeof version === 'string' && /^v\w+$/.test(version)))
    throw badAnswer(`no versions in which ${group} is served`);
  return versions as readonly string[];
}

/** What the server says of itself; of what it does not serve, nothing. */
async function asked(means: Means, path: string, field: string): Promise<readonly Fields[]> {
  const answer = await patient(means, async () => answerIn(await means.ask(path), means.azureRbac));
  if (answer.kind === 'absent' || answer.kind === 'unserved') return [];
  const list = answer.kind === 'page' ? (answer.page as Fields)[field] : undefined;
  if (!Array.isArray(list) || !list.every(isFields)) throw badAnswer(`no ${field} at ${path}`);
  return list;
}

/** How often a list waits for a server that is busy for a moment, and for how many seconds at most. */
const [mostWaits, longestWait] = [3, 5];

async function patient<T>({ pause }: Pick<Means, 'pause'>, work: () => Promise<T>, waits = 0): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const wait = error instanceof AzureError && error.status === 429 ? (error.retryAfter ?? 1) : Infinity;
    if (waits >= mostWaits || wait > longestWait) throw error;
    await pause(wait * 1_000);
  }
  return patient({ pause }, work, waits + 1);
}
