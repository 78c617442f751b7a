import { isArray, shown, type Json } from '../json';
import { fold, scalarText } from '../text';
import { argument, arrayAt, define, fail, integerAt, jsonText, MANY, textAt, withinLimit } from './arguments';
import type { TemplateFunction } from './arguments';
import { format } from './format';

function concat(args: readonly Json[]): Json {
  if (args.every(isArray)) return args.flat();
  const texts = args.map((each) => (each === null ? '' : (scalarText(each) ?? fail(`${shown(each)} is not a text`))));
  withinLimit(texts.map((text) => text.length).reduce((sum, length) => sum + length, 0));
  return texts.join('');
}

function string(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (value === null) return '';
  return scalarText(value) ?? jsonText(value);
}

function padLeft(args: readonly Json[]): Json {
  const value = argument(args, 0);
  const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : textAt(args, 0);
  const width = integerAt(args, 1);
  const filler = args.length > 2 ? textAt(args, 2) : ' ';
  if (width < 1 || width > 16) return fail(`the width is 1 to 16, not ${width}`);
  if ([...filler].length !== 1) return fail(`one character is needed to fill with, not ${shown(filler)}`);
  return text.padStart(width, filler);
}

/** Without regard to case, and from left to right. */
function replace(args: readonly Json[]): Json {
  const [text, search, replacement] = [textAt(args, 0), textAt(args, 1), textAt(args, 2)];
  if (search === '') return fail('the text to look for is empty');
  const [folded, wanted] = sameLength(text, search);
  const parts: string[] = [];
  let [from, length] = [0, 0];
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), replacement);
    length += at - from + replacement.length;
    withinLimit(length);
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)].join('');
}

/** Two texts whose case does not matter, with every character still at its place. */
function sameLength(text: string, search: string): readonly [string, string] {
  const lower = [text.toLowerCase(), search.toLowerCase()] as const;
  return lower[0].length === text.length && lower[1].length === search.length ? lower : [text, search];
}

function split(args: readonly Json[]): Json {
  const delimiter = argument(args, 1);
  const text = textAt(args, 0);
  if (argument(args, 0) === null) return [];
  const delimiters = isArray(delimiter)
    ? delimiter.map((_, position) => textAt(delimiter, position))
    : [textAt(args, 1)];
  const usable = delimiters.filter((each) => each !== '');
  return usable.length === 1 ? text.split(usable[0] ?? '') : splitByAny(text, usable);
}

function splitByAny(text: string, delimiters: readonly string[]): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length;) {
    const found = delimiters.find((each) => text.startsWith(each, at));
    if (found === undefined) at++;
    else {
      parts.push(text.slice(start, at));
      at += found.length;
      start = at;
    }
  }
  return [...parts, text.slice(start)];
}

function join(args: readonly Json[]): Json {
  const members = arrayAt(args, 0);
  const separator = textAt(args, 1);
  const texts = members.map((member) => (typeof member === 'string' ? member : fail(`${shown(member)} is not a text`)));
  const gaps = separator.length * Math.max(0, texts.length - 1);
  withinLimit(texts.map((text) => text.length).reduce((sum, length) => sum + length, gaps));
  return texts.join(separator);
}

function substring(args: readonly Json[]): Json {
  const text = textAt(args, 0);
  const start = integerAt(args, 1);
  const length = args.length > 2 ? integerAt(args, 2) : text.length - start;
  if (start < 0 || length < 0 || start + length > text.length) return fail(`that is outside of ${shown(text)}`);
  return text.slice(start, start + length);
}

export const textFunctions: readonly TemplateFunction[] = [
  define('concat', [1, MANY], concat),
  define('format', [1, MANY], format),
  define('string', 1, string),
  define('padLeft', [2, 3], padLeft),
  define('replace', 3, replace),
  define('toLower', 1, (args) => textAt(args, 0).toLowerCase()),
  define('toUpper', 1, (args) => textAt(args, 0).toUpperCase()),
  define('trim', 1, (args) => textAt(args, 0).trim()),
  define('split', 2, split),
  define('join', 2, join),
  define('substring', [2, 3], substring),
  define('startsWith', 2, (args) => fold(textAt(args, 0)).startsWith(fold(textAt(args, 1)))),
  define('endsWith', 2, (args) => fold(textAt(args, 0)).endsWith(fold(textAt(args, 1)))),
];
