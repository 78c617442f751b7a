/** A cell of a table: its lines, one below the other. */
export type Cell = readonly string[];

/** Rows below a head, each column as wide as it has to be, nothing behind the last. */
export function columns(head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const all = [head.map((name) => [name]), ...rows];
  const widths = head.map((_, at) => longest(all.map((row) => longest((row[at] ?? []).map(({ length }) => length)))));
  return all.flatMap((row) => {
    const height = Math.max(longest(row.map((cell) => cell.length)), 1);
    return Array.from({ length: height }, (_, line) =>
      head
        .map((__, at) => (row[at]?.[line] ?? '').padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  });
}

/** Of a list that may be too long to be handed over number by number. */
const longest = (lengths: readonly number[]): number => lengths.reduce((most, one) => Math.max(most, one), 0);

/** The first few texts of a list, each on its line, and how many there are besides. */
export function shortened(texts: readonly string[], most: number): Cell {
  if (texts.length <= most) return texts.map((text, at) => (at < texts.length - 1 ? `${text},` : text));
  return [...texts.slice(0, most - 1).map((text) => `${text},`), `and ${texts.length - most + 1} more`];
}

/** Texts joined with commas, as many in a line as are not longer than a width. */
export function joined(texts: readonly string[], width: number): Cell {
  return filled(
    texts.map((text, at) => (at < texts.length - 1 ? `${text},` : text)),
    width,
  );
}

/** A text in lines that end between its words. */
export const wrapped = (text: string, width: number): Cell =>
  filled(
    text.split(' ').filter((word) => word !== ''),
    width,
  );

function filled(pieces: readonly string[], width: number): Cell {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length < width) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(piece);
  }
  return lines;
}

/** A list below its title, each entry with a dash. */
export function listed(title: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  return [title, ...texts.flatMap((text) => wrapped(text, 110).map((line, at) => `${at === 0 ? '-' : ' '} ${line}`))];
}

/** `1 policy`, `2 policies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
