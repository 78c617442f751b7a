/** A piece of a query in the Kusto query language; comments and blanks are left out. */
export interface Token {
  /** `name`: a word, with the wildcards that `union` takes. `sign`: one character. */
  readonly kind: 'name' | 'text' | 'number' | 'sign';
  /** Of a text, what is between its quotes. */
  readonly text: string;
}

/** In this order: comments, texts (between fences, verbatim, with escapes), numbers with their units, words, signs. */
const pieces =
  /\/\/[^\n]*|(?:h|H)?(?:```([\s\S]*?)```|~~~([\s\S]*?)~~~|@"((?:[^"]|"")*)"|@'((?:[^']|'')*)'|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')|(\d[\w.]*)|([A-Za-z_$][\w$]*\*?|\*[\w$]+\*?)|(\S)/g;

export function tokensOf(query: string): readonly Token[] {
  return [...query.matchAll(pieces)].flatMap((match): readonly Token[] => {
    const text = match.slice(1, 7).find((part) => part !== undefined);
    if (text !== undefined) return [{ kind: 'text', text }];
    const [number, name, sign] = match.slice(7);
    if (number !== undefined) return [{ kind: 'number', text: number }];
    if (name !== undefined) return [{ kind: 'name', text: name }];
    return sign === undefined ? [] : [{ kind: 'sign', text: sign }];
  });
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Where the bracket at a place is closed; the end, where it never is. */
export function closingOf(tokens: readonly Token[], open: number): number {
  const closers: string[] = [];
  for (let at = open; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] as Token;
    if (kind !== 'sign') continue;
    const closer = pairs[text];
    if (closer !== undefined) closers.push(closer);
    else if (text === closers.at(-1)) closers.pop();
    if (closers.length === 0) return at;
  }
  return tokens.length;
}
