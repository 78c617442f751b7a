import { closingOf, tokensOf, type Token } from './kql-tokens';

/** What a query reads. */
export interface TablesRead {
  /** Tables, or functions that are called as if they were; with a wildcard as `union` takes it. */
  readonly tables: readonly string[];
  /** One of several tables is enough for rows to come. */
  readonly isUnion: boolean;
  /** What hides which tables are read, as `the function _Im_Dns`. */
  readonly unclear: readonly string[];
}

/**
 * The names that stand where a query takes rows from: at the beginning of a statement or of a bracket that goes on with a
 * pipe, and as operands of `union`, `join`, `lookup`, `find in` and `search in`. Nothing else is taken for a table.
 */
export function tablesRead(query: string): TablesRead {
  const tokens = tokensOf(query);
  const local = localNames(tokens);
  const found = [...tokens.keys()].flatMap((at) => sourcesAt(tokens, at));
  const foreign = found.filter((source) => source.kind === 'unclear' || !local.has(source.name));
  const tables = foreign.flatMap((source) => (source.kind === 'table' ? [source.name] : []));
  const unclear = foreign.flatMap((source) => (source.kind === 'table' ? [] : [sayUnclear(source)]));
  const isUnion = tokens.some((token) => isWord(token, 'union', 'find', 'search'));
  return { tables: [...new Set(tables)], isUnion, unclear: [...new Set(unclear)] };
}

type Source =
  { readonly kind: 'table' | 'function'; readonly name: string } | { readonly kind: 'unclear'; readonly why: string };

function sayUnclear(source: Source): string {
  return source.kind === 'unclear' ? source.why : `the function ${source.name}`;
}

/** Names that a query gives itself: by `let`, by `as`, and as parameters, which a colon follows. */
function localNames(tokens: readonly Token[]): ReadonlySet<string> {
  const named = tokens.flatMap(({ kind, text }, at) => {
    if (kind !== 'name') return [];
    const isGiven = isWord(tokens[at - 1], 'let') || isSign(tokens[at + 1], ':');
    return isGiven || isAlias(tokens, at) ? [text] : [];
  });
  return new Set(named);
}

/** `| as Name`, perhaps with hints in between. */
function isAlias(tokens: readonly Token[], at: number): boolean {
  const before = tokens.slice(Math.max(0, at - 8), at);
  const as = before.findLastIndex((token) => isWord(token, 'as'));
  return as > 0 && isSign(before[as - 1], '|') && !before.slice(as).some((token) => isSign(token, '|'));
}

function sourcesAt(tokens: readonly Token[], at: number): readonly Source[] {
  const token = tokens[at];
  if (token?.kind !== 'name' || isSign(tokens[at - 1], '.')) return [];
  const isCalled = isSign(tokens[at + 1], '(');
  if (isCalled && elsewhere.test(token.text))
    return [{ kind: 'unclear', why: `${token.text}(…), which lies elsewhere` }];
  if (isCalled && token.text === 'table') return [tableByName(tokens[at + 2])];
  const operator = operators[token.text];
  if (operator !== undefined && Object.hasOwn(operators, token.text)) return operator(tokens, at);
  return beginsRows(tokens, at) ? sourceOf(tokens, at) : [];
}

type Operator = (tokens: readonly Token[], at: number) => readonly Source[];

const joined: Operator = (tokens, at) =>
  isSign(tokens[at - 1], '|') ? operandAt(tokens, afterOptions(tokens, at + 1)) : [];

/** `search` and `find` look at the tables that are named in brackets, and without them at all. */
const searched: Operator = (tokens, at) => {
  if (isSign(tokens[at - 1], '|') || !isOperator(tokens, at)) return [];
  const start = afterOptions(tokens, at + 1);
  return isWord(tokens[start], 'in') ? operandsFrom(tokens, start + 2) : [everything];
};

const operators: Readonly<Record<string, Operator>> = {
  union: (tokens, at) => (isOperator(tokens, at) ? operandsFrom(tokens, afterOptions(tokens, at + 1)) : []),
  join: joined,
  lookup: joined,
  find: searched,
  search: searched,
};

const elsewhere = /^(workspace|cluster|database|app|adx|arg|resource)$/;

function tableByName(name: Token | undefined): Source {
  return name?.kind === 'text'
    ? { kind: 'table', name: name.text }
    : { kind: 'unclear', why: 'a table whose name is worked out' };
}

/** The first word of a statement, of a function's body, or of a bracket. */
function isFirst(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return before === undefined || isSign(before, ';', '{', '(') || isGivenByLet(tokens, at);
}

/** `let Name =` is before it. */
function isGivenByLet(tokens: readonly Token[], at: number): boolean {
  return isSign(tokens[at - 1], '=') && isWord(tokens[at - 3], 'let');
}

function isOperator(tokens: readonly Token[], at: number): boolean {
  const isCalled = isSign(tokens[at - 1], '(') && tokens[at - 2]?.kind === 'name' && isSign(tokens[at + 1], ',', ')');
  return isSign(tokens[at - 1], '|') || (isFirst(tokens, at) && !isCalled);
}

/** A name in the first place is a source where what follows says so. */
function beginsRows(tokens: readonly Token[], at: number): boolean {
  if (!isFirst(tokens, at)) return false;
  const end = isSign(tokens[at + 1], '(') ? closingOf(tokens, at + 1) : at;
  const after = tokens[end + 1];
  if (isSign(after, '|')) return true;
  if (isSign(tokens[at - 1], '(')) return isWord(tokens[at - 2], 'materialize', 'toscalar') && isSign(after, ')');
  if (end > at && isGivenByLet(tokens, at)) return parser.test(tokens[at]?.text ?? '');
  return after === undefined || isSign(after, ';', '}');
}

/** Functions of the Advanced Security Information Model answer rows, also where a `let` gives them a name. */
const parser = /^_?(im|asim)_?[A-Z]/i;

/** Neither reads a table, or they are looked at where what they hold begins. */
const rowless =
  /^(materialize|toscalar|datatable|externaldata|count|range|print|view|true|false|null|let|set|declare|dynamic|evaluate)$/;

function sourceOf(tokens: readonly Token[], at: number): readonly Source[] {
  const name = tokens[at]?.text ?? '';
  if (rowless.test(name) || /^_GetWatchlist/i.test(name)) return [];
  if (name === 'table' || elsewhere.test(name)) return [];
  return [{ kind: isSign(tokens[at + 1], '(') ? 'function' : 'table', name }];
}

/** Past `kind = inner`, `withsource = Name`, `hint.strategy = shuffle` and `isfuzzy = true`. */
function afterOptions(tokens: readonly Token[], start: number): number {
  let at = start;
  for (;;) {
    const dotted = isSign(tokens[at + 1], '.') ? 2 : 0;
    if (tokens[at]?.kind !== 'name' || !isSign(tokens[at + dotted + 1], '=')) return at;
    at += dotted + 3;
  }
}

/** A bracket is looked at where it begins, unless it holds nothing but a name. */
function operandAt(tokens: readonly Token[], at: number): readonly Source[] {
  if (tokens[at]?.kind === 'name') return sourceOf(tokens, at);
  if (!isSign(tokens[at], '(') || beginsRows(tokens, at + 1)) return [];
  return tokens[at + 1]?.kind === 'name' && isSign(tokens[at + 2], ')') ? sourceOf(tokens, at + 1) : [];
}

/** Operands with commas between them, up to what ends the operator. */
function operandsFrom(tokens: readonly Token[], start: number): readonly Source[] {
  if (isSign(tokens[start], '*')) return [everything];
  const found: Source[] = [];
  for (let at = start; at < tokens.length;) {
    found.push(...operandAt(tokens, at));
    const open = tokens[at]?.kind === 'name' ? at + 1 : at;
    const end = isSign(tokens[open], '(') ? closingOf(tokens, open) : at;
    if (!isSign(tokens[end + 1], ',')) return found;
    at = end + 2;
  }
  return found;
}

const everything: Source = { kind: 'unclear', why: 'all tables' };

function isSign(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === 'sign' && texts.includes(token.text);
}

function isWord(token: Token | undefined, ...texts: readonly string[]): boolean {
  return token?.kind === 'name' && texts.includes(token.text);
}
