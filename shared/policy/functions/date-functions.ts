import { shown, type Json } from '../json';
import { define, fail, integerAt, textAt, type TemplateFunction } from './arguments';

const DATE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/;
const DAY = 86_400_000;

/** Azure takes dates in UTC only and answers with seven digits of a second («Azure Policy: policy functions»). */
function addDays(args: readonly Json[]): Json {
  const text = textAt(args, 0);
  const days = integerAt(args, 1);
  const [, year = '', month = '', day = '', time = '', fraction = ''] = DATE.exec(text) ?? fail(wrong(text));
  const start = Date.parse(`${year}-${month}-${day}T${time}Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    fail(wrong(text));
  const end = new Date(start + days * DAY);
  if (Number.isNaN(end.getTime()) || end.getUTCFullYear() < 1 || end.getUTCFullYear() > 9999) {
    return fail('the result is not between the years 1 and 9999');
  }
  return `${end.toISOString().slice(0, 19)}.${fraction.padEnd(7, '0')}Z`;
}

const wrong = (text: string): string => `a date such as 2026-01-31T12:00:00Z is needed, not ${shown(text)}`;

export const dateFunctions: readonly TemplateFunction[] = [define('addDays', 2, addDays)];
