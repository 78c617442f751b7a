import { entryInto, keyAt, passed, passGap, tableIn, TomlError, type Cursor, type TomlTable } from './toml-values';

/** Characters; a ConfigMap holds a million bytes at most. */
const MAX_LENGTH = 1_100_000;

/**
 * Reads TOML. Throws a TomlError that names the line.
 * @see https://toml.io/en/v1.0.0
 */
export function parseToml(text: string): TomlTable {
  if (text.length > MAX_LENGTH) throw new TomlError(`has ${text.length} characters; ${MAX_LENGTH} are read at most`);
  const cursor: Cursor = { text, at: 0 };
  try {
    return tableOf(cursor);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new TomlError(`line ${text.slice(0, cursor.at).split('\n').length}: ${error.message}`);
  }
}

function tableOf(cursor: Cursor): TomlTable {
  const root: TomlTable = new Map();
  const headed = new Set<TomlTable>();
  let table = root;
  passGap(cursor);
  while (cursor.at < cursor.text.length) {
    if (cursor.text[cursor.at] === '[') table = headedTable(cursor, root, headed);
    else entryInto(table, cursor);
    endOfLine(cursor);
    passGap(cursor);
  }
  return root;
}

function endOfLine(cursor: Cursor): void {
  passed(cursor, /[ \t]*(?:#[^\n]*)?/y);
  if (cursor.at < cursor.text.length && passed(cursor, /\r?\n/y) === undefined)
    throw new TomlError('the line goes on after what it sets');
}

/** `[a.b]`, or `[[a.b]]`, which begins one more table of a list. */
function headedTable(cursor: Cursor, root: TomlTable, headed: Set<TomlTable>): TomlTable {
  const isList = passed(cursor, /\[\[[ \t]*/y) !== undefined;
  if (!isList) passed(cursor, /\[[ \t]*/y);
  const key = keyAt(cursor);
  if (passed(cursor, isList ? /[ \t]*\]\]/y : /[ \t]*\]/y) === undefined)
    throw new TomlError(`the name of the table ${key.join('.')} has no ]`);
  if (isList) return addedTable(root, key);
  const table = key.reduce(tableIn, root);
  if (headed.has(table)) throw new TomlError(`the table ${key.join('.')} stands there twice`);
  headed.add(table);
  return table;
}

function addedTable(root: TomlTable, key: readonly string[]): TomlTable {
  const outer = key.slice(0, -1).reduce(tableIn, root);
  const name = key.at(-1) ?? '';
  const list = outer.get(name) ?? [];
  if (!Array.isArray(list)) throw new TomlError(`${name} is set and cannot be a list of tables, too`);
  const table: TomlTable = new Map();
  outer.set(name, [...(list as readonly TomlTable[]), table]);
  return table;
}
