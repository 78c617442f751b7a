/** A value's JSON, in `part0`, `part1` … because a text property holds 32,768 characters at most. */
export type JsonColumns = Readonly<Record<`part${number}`, string>>;

const partLength = 30_000;

export function toColumns(value: unknown): JsonColumns {
  const json = inAscii(JSON.stringify(value));
  const parts = Array.from({ length: Math.ceil(json.length / partLength) }, (_, index) => [
    `part${index}`,
    json.slice(index * partLength, (index + 1) * partLength),
  ]);
  return Object.fromEntries(parts) as JsonColumns;
}

/** No character is cut in two by a part's end. */
function inAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function fromColumns(columns: JsonColumns): unknown {
  let json = '';
  for (let index = 0; columns[`part${index}`] !== undefined; index += 1) json += columns[`part${index}`];
  return JSON.parse(json);
}
