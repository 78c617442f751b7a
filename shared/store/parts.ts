/** A text in the properties `part0`, `part1` … of a table row, for one property holds 32,768 characters at most. */
export type Parts = Readonly<Record<`part${number}`, string>>;

const partLength = 30_000;

export function partsOf(value: unknown): Parts {
  const json = inAscii(JSON.stringify(value));
  const parts = Array.from({ length: Math.ceil(json.length / partLength) }, (_, index) => [
    `part${index}`,
    json.slice(index * partLength, (index + 1) * partLength),
  ]);
  return Object.fromEntries(parts) as Parts;
}

/** The value that was put into the parts. */
export function valueIn(parts: Parts): unknown {
  let json = '';
  for (let index = 0; parts[`part${index}`] !== undefined; index += 1) json += parts[`part${index}`];
  return JSON.parse(json);
}

/** No character is cut in two by a part's end. */
function inAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
