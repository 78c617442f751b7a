/** A cell of a table: its lines, one below the other. */
export type Cell = readonly string[];

/** Rows below a head, each column as wide as it has to be, nothing behind the last. */
export function columns(head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const all = [head.map((name) => [name]), ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => widest(row[at] ?? []))));
  return all.flatMap((row) => {
    const height = Math.max(...row.map((cell) => cell.length), 1);
    return Array.from({ length: height }, (_, line) =>
      head
        .map((__, at) => (row[at]?.[line] ?? '').padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  });
}

const widest = (cell: Cell): number => Math.max(0, ...cell.map(({ length }) => length));

/** The first few texts of a list, each on its line, and how many there are besides. */
export function shortened(texts: readonly string[], most: number): Cell {
  if (texts.length <= most) return texts.map((text, at) => (at < texts.length - 1 ? `${text},` : text));
  return [...texts.slice(0, most - 1).map((text) => `${text},`), `and ${texts.length - most + 1} more`];
}

/** `1 policy`, `2 policies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
