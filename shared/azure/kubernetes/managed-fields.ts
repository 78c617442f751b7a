/** As an API server writes a list of who set which field: without spaces, and its items hold no lists. */
const start = '"managedFields":[{';
const end = /\}\](?=,"|\})/g;

/**
 * The JSON of an answer without who set which field: nearly half of a list, and no control asks for it. Where a list ended
 * elsewhere than it seemed, quotes or brackets do not match any more, and all of the answer is read. Throws SyntaxError.
 */
export function jsonWithoutManagedFields(text: string): unknown {
  const parts = partsOf(text);
  if (parts.length === 1) return JSON.parse(text);
  try {
    return JSON.parse(parts.join('"managedFields":['));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return JSON.parse(text);
  }
}

/** What stands before, between and after those lists. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, from)) {
    end.lastIndex = at + start.length;
    const found = end.exec(text);
    if (found === null) break;
    parts.push(text.slice(from, at));
    from = found.index + 1;
  }
  return [...parts, text.slice(from)];
}
