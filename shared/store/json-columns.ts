import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * A value's JSON, in `part0`, `part1` … because a text property holds 32,768 characters at most; what is long is packed into
 * `zip0`, `zip1` … of 64 KiB at most, because a row holds a megabyte.
 */
export type JsonColumns = Readonly<Record<`part${number}`, string> & Record<`zip${number}`, Uint8Array>>;

const [partLength, zipLength] = [30_000, 60_000];
/** Characters. Up to here a row can be read with the naked eye. */
const longest = 4 * partLength;
/** Bytes; a row holds a megabyte, names included (Azure Table storage: data model). */
const mostPacked = 16 * zipLength;

/** Throws RangeError for what no row can hold. */
export function toColumns(value: unknown): JsonColumns {
  const json = inAscii(JSON.stringify(value));
  if (json.length <= longest) return cut(json, 'part', partLength);
  const packed = gzipSync(json);
  if (packed.length > mostPacked)
    throw new RangeError(`${packed.length} bytes are too long for a row, which holds ${mostPacked}`);
  return cut(packed, 'zip', zipLength);
}

function cut<T extends string | Uint8Array>(whole: T, name: 'part' | 'zip', length: number): JsonColumns {
  const parts = Array.from({ length: Math.ceil(whole.length / length) }, (_, index) => [
    `${name}${index}`,
    whole.slice(index * length, (index + 1) * length),
  ]);
  return Object.fromEntries(parts) as JsonColumns;
}

/** No character is cut in two by a part's end. */
function inAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function fromColumns(columns: JsonColumns): unknown {
  const packed = inOrder<Uint8Array>(columns, 'zip');
  if (packed.length > 0) return JSON.parse(gunzipSync(Buffer.concat(packed)).toString('ascii'));
  return JSON.parse(inOrder<string>(columns, 'part').join(''));
}

function inOrder<T>(columns: JsonColumns, name: 'part' | 'zip'): readonly T[] {
  const known = columns as Readonly<Record<string, T | undefined>>;
  const parts: T[] = [];
  for (let part = known[`${name}0`]; part !== undefined; part = known[`${name}${parts.length}`]) parts.push(part);
  return parts;
}
