import { shown, type Json } from '../json';
import { argument, define, fail, jsonText, textAt, type TemplateFunction } from './arguments';

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(text: string): string {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return fail(`${shown(text)} is not base64`);
  return utf8(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}

/** Bytes that are not UTF-8 do not come back the same. */
function utf8(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(text);
  const isSame = again.length === bytes.length && again.every((byte, index) => byte === bytes[index]);
  return isSame ? text : fail('the bytes are not UTF-8');
}

/** Parses JSON; texts may stand in single quotes, as Azure's own parser allows. */
function fromJson(text: string): Json {
  const doubled = text.replace(/"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|["'].*/gs, (whole: string, inner?: string) =>
    inner === undefined ? whole : `"${inner.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"')}"`,
  );
  try {
    return JSON.parse(doubled) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return fail(`${shown(text)} is not JSON`);
    throw error;
  }
}

function json(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (value === null) return {};
  return typeof value === 'string' ? fromJson(value) : fail(`a text is needed, not ${shown(value)}`);
}

function uriComponent(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function fromUriComponent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return fail(`${shown(text)} is not percent-encoded`);
    throw error;
  }
}

function uri(args: readonly Json[]): Json {
  const [base, relative] = [textAt(args, 0), textAt(args, 1)];
  if (!URL.canParse(base) || !URL.canParse(relative, base)) return fail(`${shown(base)} is not an absolute address`);
  return new URL(relative, base).href;
}

function dataUri(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (typeof value === 'string') return `data:text/plain;charset=utf8;base64,${base64(value)}`;
  return `data:application/json;charset=utf8;base64,${base64(jsonText(value))}`;
}

function fromDataUri(args: readonly Json[]): Json {
  const text = textAt(args, 0);
  const parts = /^data:([^,;]*)((?:;[^,;]*)*),(.*)$/is.exec(text);
  if (parts === null) return fail(`${shown(text)} is not a data address`);
  const [, , attributes = '', content = ''] = parts;
  const names = attributes.toLowerCase().split(';');
  const charset = names.find((name) => name.startsWith('charset='));
  if (charset !== undefined && !/^charset=utf-?8$/.test(charset)) return fail(`${charset} is not UTF-8`);
  return names.includes('base64') ? fromBase64(content) : fromUriComponent(content);
}

export const encodingFunctions: readonly TemplateFunction[] = [
  define('base64', 1, (args) => base64(textAt(args, 0))),
  define('base64ToString', 1, (args) => fromBase64(textAt(args, 0))),
  define('base64ToJson', 1, (args) => fromJson(fromBase64(textAt(args, 0)))),
  define('json', 1, json),
  define('uri', 2, uri),
  define('uriComponent', 1, (args) => uriComponent(textAt(args, 0))),
  define('uriComponentToString', 1, (args) => fromUriComponent(textAt(args, 0).replaceAll('+', ' '))),
  define('dataUri', 1, dataUri),
  define('dataUriToString', 1, fromDataUri),
];
