/** A JSON value as Bicep writes it; what is still an expression of the template may be of any type. `without`: fields that are left out. */
export function literalOf(value: unknown, indent = '', without: readonly string[] = []): string {
  if (typeof value === 'string') return value.startsWith('[') ? `any(${quoted(value)})` : quoted(value);
  if (value === null || typeof value !== 'object') return String(value);
  const inner = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((each) => `${inner}${literalOf(each, inner)}`)
    : Object.entries(value)
        .filter(([key]) => !without.includes(key))
        .map(([key, each]) => `${inner}${quoted(key)}: ${literalOf(each, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return entries.length === 0 ? `${open}${close}` : `${open}\n${entries.join('\n')}\n${indent}${close}`;
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `'${escaped}'`;
}
