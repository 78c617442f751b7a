import type { Value } from './json';

/**
 * The form in which two texts that differ only in case are equal: .NET's invariant comparison, close enough for names
 * and values of Azure (ß is ss, the two small sigmas are one).
 */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** Equal without regard to case: for names, ids, types and values alike. */
export const sameText = (left: string, right: string): boolean => left === right || fold(left) === fold(right);

/** Regions are compared without spaces and case: "East US 2" is eastus2. */
export const foldLocation = (text: string): string => fold(text).replaceAll(' ', '');

/** A scalar as Azure Policy compares it: 443 is "443" and true is "True". Undefined for null, arrays and objects. */
export function scalarText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return undefined;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}
