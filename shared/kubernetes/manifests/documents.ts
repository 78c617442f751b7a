import { isAlias, isMap, isSeq, LineCounter, parseDocument, type Document, type ParsedNode, type Tags } from 'yaml';
import { isFields, type Fields } from '../fields';
import { valuesWithin } from './bounds';

/** A value of a text, and the line that it begins on, from 1. */
export interface Value {
  readonly value: unknown;
  readonly line: number;
}

export interface Unreadable {
  readonly line: number;
  readonly message: string;
}

/** Bytes of text. An object of a cluster has 1.5 million at most; the tree of a YAML text takes a hundred times its size. */
export const limits = {
  yamlFile: 16_777_216,
  yamlDocument: 2_097_152,
  /** Documents of a YAML file; also one that is empty takes its time. */
  yamlDocuments: 100_000,
  jsonFile: 67_108_864,
} as const;

export interface Documents {
  readonly values: readonly Value[];
  readonly unreadable: readonly Unreadable[];
}

/** Every document of a YAML stream, the items of lists each as a value of their own. One that is broken spoils no other. */
export function yamlDocuments(text: string): Documents {
  if (text.length > limits.yamlFile) return refused(1, tooLong(text, 'file'));
  const starts = startsIn(text);
  if (starts.length > limits.yamlDocuments) return refused(1, tooMany);
  const read = pieces(text, starts).map(documentIn);
  return { values: read.flatMap(({ values }) => values), unreadable: read.flatMap(({ unreadable }) => unreadable) };
}

export function jsonDocuments(text: string): Documents {
  if (text.length > limits.jsonFile)
    return refused(1, `has ${text.length} characters; at most ${limits.jsonFile} are read`);
  try {
    const value = JSON.parse(text) as unknown;
    const excess = valuesWithin(value);
    return excess === undefined ? { values: [{ value, line: 1 }], unreadable: [] } : refused(1, excess);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refused(1, `is not JSON: ${error.message.replace(/\s+/g, ' ')}`);
  }
}

const refused = (line: number, message: string): Documents => ({ values: [], unreadable: [{ line, message }] });

const tooLong = (text: string, what: 'file' | 'document'): string =>
  what === 'file'
    ? `has ${text.length} characters; YAML is read up to ${limits.yamlFile}: split the file, or write it as JSON`
    : `the document has ${text.length} characters; ${limits.yamlDocument} are read at most: split the list, or write it as JSON`;

const tooMany = `has more than ${limits.yamlDocuments} documents: split the file, or write it as JSON`;

interface Piece {
  readonly text: string;
  /** Lines before it. */
  readonly before: number;
}

/** Where documents begin, as far as there are not too many. */
function startsIn(text: string): readonly number[] {
  const starts = [0];
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
    if (index > 0) starts.push(index);
    if (starts.length > limits.yamlDocuments) break;
  }
  return starts;
}

/** A stream is cut where a line begins with `---`: nothing else may begin so, and each document then takes its own memory. */
function pieces(text: string, starts: readonly number[]): readonly Piece[] {
  let before = 0;
  return starts.map((start, index) => {
    const piece = { text: text.slice(start, starts[index + 1] ?? text.length), before };
    before += linesIn(piece.text);
    return piece;
  });
}

function linesIn(text: string): number {
  let count = 0;
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) count++;
  return count;
}

function documentIn({ text, before }: Piece): Documents {
  if (text.length > limits.yamlDocument) return refused(before + 1, tooLong(text, 'document'));
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', customTags, lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined): number => before + Math.max(lines.linePos(offset ?? 0).line, 1);
  const [error] = document.errors;
  if (error !== undefined) return refused(lineOf(error.pos[0]), sentenceOf(error.code, error.message));
  const nodes = itemsOf(document).map(({ node, read }) => ({ line: lineOf(node?.range[0]), read }));
  try {
    const values = nodes.map(({ line, read }) => ({ line, value: read() }));
    const excess = valuesWithin(values.map(({ value }) => value));
    return excess === undefined ? { values, unreadable: [] } : refused(before + 1, excess);
  } catch (failure) {
    if (!(failure instanceof ReferenceError)) throw failure;
    return refused(before + 1, `refers to its anchors too often or to none (${failure.message})`);
  }
}

interface Item {
  readonly node: ParsedNode | null;
  readonly read: () => unknown;
}

const MAX_ALIASES = 1_000;

/** The document, or what its list holds. Aliases are known to the whole document alone, so it is read once. */
function itemsOf(document: Document.Parsed): readonly Item[] {
  const { contents } = document;
  let whole: unknown;
  const read = (): unknown => (whole ??= document.toJS({ maxAliasCount: MAX_ALIASES }));
  const items = isMap(contents) && isListKind(contents.get('kind')) ? contents.get('items', true) : undefined;
  if (!isSeq(items) || isAlias(items)) return [{ node: contents, read }];
  return items.items.map((node, index) => ({
    node: node as ParsedNode,
    read: () => {
      const list = read() as Fields & { readonly items: readonly unknown[] };
      return withKindOf(list, list.items[index]);
    },
  }));
}

/** Items of a list as the API server sends it, a `PodList`, do not say again what they are. */
export function withKindOf(list: Fields, item: unknown): unknown {
  const { kind, apiVersion } = list;
  if (!isFields(item) || kind === 'List' || typeof kind !== 'string') return item;
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
}

const isListKind = (kind: unknown): boolean => typeof kind === 'string' && kind.endsWith('List');

/** As the tools of Kubernetes read YAML: `yes` is true, `0644` is octal, but days and times of day are texts. */
const customTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || !(tag.format === 'TIME' || OTHER_TAGS.test(tag.tag)));

const OTHER_TAGS = /:(timestamp|omap|pairs|set|binary)$/;

/** The parser gives up by itself on what nests too deep. */
function sentenceOf(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'a key stands twice in one map: take one out';
  if (/call stack/i.test(message)) return 'nests too deep';
  return `is not YAML: ${message.replace(/\s+/g, ' ')}`;
}
