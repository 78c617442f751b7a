import type { Blob, Inventory, Reading } from '../../core/inventory';
import { containerOf, folderOf, hourFolder, otherFoldersOf } from '../../flow-logging/blobs';
import type { Log } from '../../flow-logging/coverage';
import { allRead } from '../../flow-logging/protected';

/** What is looked for: the log's newest blob, or any that is not older than `since`. */
export interface Search {
  readonly log: Log;
  /** Where the log's storage account keeps blobs. */
  readonly endpoint: string;
  readonly since: string;
  /** `glance`: the last two hours where Azure writes; enough while nothing hangs on what is not found. */
  readonly care: 'glance' | 'thorough';
}

/**
 * Asks for one hour after the other, the newest first, and for no more when one has a blob that is young enough; answers the newest
 * blob that was found. Only when nothing was found, in the other folders that the documentation names too.
 */
export function newestBlob({ log, endpoint, since, care }: Search, inventory: Inventory): Reading<Blob | undefined> {
  let newest: Blob | undefined;
  for (const prefixes of batchesOf(log, since, care, inventory.now)) {
    const found = allRead(prefixes.map((prefix) => inventory.blobs(endpoint, containerOf(log), prefix)));
    if (found.state === 'unread') return found;
    newest = newestOf([...(newest === undefined ? [] : [newest]), ...found.value.flat()]);
    if (newest !== undefined && newest.lastModified >= since) break;
  }
  return { state: 'read', value: newest };
}

function batchesOf(log: Log, since: string, care: Search['care'], now: string): readonly (readonly string[])[] {
  const below = (folder: string, hours: readonly string[]): readonly string[] =>
    hours.map((hour) => `${folder}${hour}`);
  const hours = hoursBetween(since, now);
  const main = folderOf(log);
  if (care === 'glance') return hours.slice(0, 2).map((hour) => below(main, [hour]));
  return [
    ...doubling(hours).map((some) => below(main, some)),
    ...[otherFoldersOf(log).flatMap((folder) => below(folder, hours))].filter((batch) => batch.length > 0),
  ];
}

const [minute, hour] = [60_000, 3_600_000];

/** derived: the last minutes of an hour are written a little after its end, so that a young blob may lie in an older hour. */
const lateness = 15 * minute;

/** Folders of the hours from one time to another, the newest first. */
function hoursBetween(from: string, to: string): readonly string[] {
  const [first, last] = [Date.parse(from) - lateness, Date.parse(to)].map((time) => Math.floor(time / hour));
  const count = Math.max(1, (last ?? 0) - (first ?? 0) + 1);
  return Array.from({ length: count }, (_, index) => hourFolder(new Date(((last ?? 0) - index) * hour).toISOString()));
}

/** One, then two, four, eight at once: few questions where a log flows, few rounds where it does not. */
function doubling<T>(items: readonly T[], size = 1): readonly (readonly T[])[] {
  return items.length === 0 ? [] : [items.slice(0, size), ...doubling(items.slice(size), size * 2)];
}

function newestOf(blobs: readonly Blob[]): Blob | undefined {
  return blobs.toSorted((a, b) => b.lastModified.localeCompare(a.lastModified))[0];
}
