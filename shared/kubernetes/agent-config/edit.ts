import { parseToml } from './toml';
import { TomlError, type TomlTable, type TomlValue } from './toml-values';

/**
 * A TOML text in which a key of a table has a value, with every other line as it was. `value` is TOML, as `"v2"`. Tables in
 * braces and dotted keys are not found: ask `hasSetting` whether it came to be.
 */
export function withSetting(text: string, table: string, key: string, value: string): string {
  if (hasSetting(text, table, key, value)) return text;
  return edit(text.split('\n'), table, key, value).join('\n');
}

export function hasSetting(text: string, table: string, key: string, value: string): boolean {
  return isSame(valueIn(text, table, key), parseToml(`value = ${value}`).get('value'));
}

function edit(lines: readonly string[], table: string, key: string, value: string): readonly string[] {
  const start = lines.findIndex((line) => headerOf(line) === table);
  if (start < 0) return [...withoutEmptyEnd(lines), `   [${table}]`, `      ${key} = ${value}`, ''];
  const next = lines.findIndex((line, index) => index > start && headerOf(line) !== undefined);
  const end = next < 0 ? lines.length : next;
  const place = lines.findIndex((line, index) => index > start && index < end && keyOf(line) === key);
  const indent = /^\s*/.exec(lines[place < 0 ? start : place] ?? '')?.[0] ?? '';
  const setting = `${indent}${place < 0 ? '   ' : ''}${key} = ${value}`;
  return place < 0 ? lines.toSpliced(start + 1, 0, setting) : lines.toSpliced(place, 1, setting);
}

const withoutEmptyEnd = (lines: readonly string[]): readonly string[] =>
  lines.at(-1)?.trim() === '' ? lines.slice(0, -1) : lines;
const headerOf = (line: string): string | undefined => /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1];
const keyOf = (line: string): string | undefined => /^\s*([\w-]+)\s*=/.exec(line)?.[1];

function valueIn(text: string, table: string, key: string): TomlValue | undefined {
  try {
    let found: TomlValue | undefined = parseToml(text);
    for (const name of [...table.split('.'), key])
      found = found instanceof Map ? (found as TomlTable).get(name) : undefined;
    return found;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return undefined;
  }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
