import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Texts by key, in partitions; they lie in a file, so that what is simulated does not count as memory of the app. */
export interface FileMap {
  get(partition: string, key: string): string | undefined;
  set(partition: string, key: string, text: string): void;
  delete(partition: string, key: string): boolean;
  /** In order. */
  keys(partition: string): readonly string[];
  close(): void;
}

interface Place {
  readonly offset: number;
  readonly room: number;
  length: number;
}

/** A text that grows a little stays where it is. */
const step = 512;

export function fileMap(): FileMap {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = openSync(join(folder, 'rows'), 'w+');
  // It lives as long as it is open, however this process ends.
  rmSync(folder, { recursive: true });
  const partitions = new Map<string, Map<string, Place>>();
  let end = 0;

  const placeFor = (places: Map<string, Place>, key: string, length: number): Place => {
    const found = places.get(key);
    if (found !== undefined && found.room >= length) return found;
    const place = { offset: end, room: Math.ceil(length / step) * step, length };
    end += place.room;
    places.set(key, place);
    return place;
  };

  return {
    get: (partition, key) => {
      const place = partitions.get(partition)?.get(key);
      if (place === undefined) return undefined;
      const bytes = Buffer.allocUnsafe(place.length);
      readSync(file, bytes, 0, place.length, place.offset);
      return bytes.toString();
    },
    set: (partition, key, text) => {
      const places = partitions.get(partition) ?? new Map<string, Place>();
      partitions.set(partition, places);
      const bytes = Buffer.from(text);
      const place = placeFor(places, key, bytes.length);
      place.length = bytes.length;
      writeSync(file, bytes, 0, bytes.length, place.offset);
    },
    delete: (partition, key) => partitions.get(partition)?.delete(key) ?? false,
    keys: (partition) => [...(partitions.get(partition)?.keys() ?? [])].toSorted(),
    close: () => {
      closeSync(file);
    },
  };
}
