import { shown, type Json } from '../json';
import { scalarText } from '../text';
import { fail, jsonText, textAt, withinLimit } from './arguments';

/** .NET's composite format: `{0}`, `{0,-10}`, `{0:F2}`; two braces stand for one. */
export function format(args: readonly Json[]): Json {
  const template = textAt(args, 0);
  const parts: string[] = [];
  let length = 0;
  for (const piece of piecesOf(template)) {
    const part = piece.kind === 'text' ? piece.text : formatted(piece.text, args.slice(1));
    length += part.length;
    withinLimit(length);
    parts.push(part);
  }
  return parts.join('');
}

interface Piece {
  readonly kind: 'text' | 'item';
  readonly text: string;
}

function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const pattern = /[^{}]+|\{\{|\}\}|\{([^{}]*)\}/y;
  while (pattern.lastIndex < template.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(template);
    if (found === null) return fail(`a brace at character ${at + 1} has no partner`);
    const [text, item] = found;
    if (item !== undefined) pieces.push({ kind: 'item', text: item });
    else pieces.push({ kind: 'text', text: text === '{{' || text === '}}' ? text.slice(1) : text });
  }
  return pieces;
}

function formatted(item: string, values: readonly Json[]): string {
  const parts = /^(\d+) *(?:, *(-?\d+) *)?(?::(.*))?$/s.exec(item);
  if (parts === null) return fail(`{${item}} is not a place for a value`);
  const [, position = '', alignment = '0', specifier = ''] = parts;
  const value = values[Number(position)];
  if (value === undefined) return fail(`there is no value for {${position}}`);
  return aligned(printed(value, specifier), Number(alignment));
}

function aligned(text: string, alignment: number): string {
  withinLimit(Math.abs(alignment));
  return alignment < 0 ? text.padEnd(-alignment) : text.padStart(alignment);
}

function printed(value: Json, specifier: string): string {
  if (value === null) return '';
  if (typeof value === 'number' && specifier !== '') return printedNumber(value, specifier);
  return scalarText(value) ?? jsonText(value).replaceAll('"', "'");
}

function printedNumber(value: number, specifier: string): string {
  const standard = /^([A-Za-z])(\d{0,2})$/.exec(specifier);
  if (standard === null) return customNumber(value, specifier);
  const [, letter = '', digits = ''] = standard;
  const print = NUMBER_FORMATS.get(letter.toUpperCase());
  if (print === undefined) return fail(`numbers have no format ${specifier}`);
  const text = print(value, digits === '' ? undefined : Number(digits));
  return letter === letter.toLowerCase() ? text.toLowerCase() : text;
}

type PrintNumber = (value: number, digits: number | undefined) => string;

const whole = (value: number): number => (Number.isInteger(value) ? value : fail(`${value} is not a whole number`));

const NUMBER_FORMATS: ReadonlyMap<string, PrintNumber> = new Map<string, PrintNumber>([
  ['D', (value, digits = 0) => signed(whole(value), String(Math.abs(value)).padStart(digits, '0'))],
  ['E', (value, digits = 6) => exponent(value, digits)],
  ['F', (value, digits = 2) => value.toFixed(digits)],
  [
    'G',
    (value, digits) =>
      digits === undefined || digits === 0 ? String(value) : String(Number(value.toPrecision(digits))),
  ],
  ['N', (value, digits = 2) => grouped(value.toFixed(digits))],
  ['P', (value, digits = 2) => `${grouped((value * 100).toFixed(digits))} %`],
  ['X', (value, digits = 0) => hexadecimal(whole(value)).padStart(digits, '0')],
]);

const signed = (value: number, digits: string): string => (value < 0 ? `-${digits}` : digits);

/** A negative number as the two's complement of 32 bits, or of 64 when it needs them. */
function hexadecimal(value: number): string {
  const bits = value < -2_147_483_648 ? 64 : 32;
  return (value < 0 ? BigInt.asUintN(bits, BigInt(value)) : BigInt(value)).toString(16).toUpperCase();
}

function exponent(value: number, digits: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(digits).split('e');
  return `${mantissa}E${power.startsWith('-') ? '-' : '+'}${power.replace(/^[-+]/, '').padStart(3, '0')}`;
}

function grouped(text: string): string {
  const [integer = '', fraction] = text.split('.');
  const groups = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** Patterns of zeros, such as 000 and 0.00. */
function customNumber(value: number, pattern: string): string {
  const parts = /^(0+)(?:\.(0+))?$/.exec(pattern);
  if (parts === null) return fail(`the number format ${shown(pattern)} is not supported`);
  const [, integer = '', fraction = ''] = parts;
  const width = integer.length + (fraction === '' ? 0 : fraction.length + 1);
  return signed(value, Math.abs(value).toFixed(fraction.length).padStart(width, '0'));
}
