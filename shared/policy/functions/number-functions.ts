import { isArray, shown, type Json } from '../json';
import { argument, define, fail, integerAt, isInteger, MANY, numberAt, type TemplateFunction } from './arguments';

const arithmetic = (name: string, compute: (left: bigint, right: bigint) => bigint): TemplateFunction =>
  define(name, 2, (args) => {
    const result = compute(BigInt(integerAt(args, 0)), BigInt(integerAt(args, 1)));
    return BigInt.asIntN(64, result) === result ? Number(result) : fail('the result does not fit 64 bits');
  });

const nonZero = (divisor: bigint): bigint => (divisor === 0n ? fail('division by zero') : divisor);

/** Some numbers, or one array of them. */
const extreme = (name: string, choose: (numbers: readonly number[]) => number): TemplateFunction =>
  define(name, [1, MANY], (args) => {
    const [only] = args;
    const numbers = args.length === 1 && isArray(only) ? only : args;
    if (numbers.length === 0) return fail('there is no number');
    return choose(numbers.map((_, position) => numberAt(numbers, position)));
  });

const LAST_32_BIT = 2_147_483_647;

function range(args: readonly Json[]): Json {
  const [start, count] = [integerAt(args, 0), integerAt(args, 1)];
  if (count < 0 || count > 10_000) return fail(`a range has 0 to 10,000 members, not ${count}`);
  if (start + count - 1 > LAST_32_BIT) return fail('the last member does not fit 32 bits');
  return Array.from({ length: count }, (_, index) => start + index);
}

function int(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (isInteger(value)) return value;
  if (typeof value === 'string' && /^\s*[-+]?\d{1,19}\s*$/.test(value)) return Number(value);
  return fail(`${shown(value)} is not a whole number`);
}

const DECIMAL = /^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*$/;

function float(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
  return fail(`${shown(value)} is not a number`);
}

function bool(args: readonly Json[]): Json {
  const value = argument(args, 0);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  return fail(`${shown(value)} is neither true nor false`);
}

export const numberFunctions: readonly TemplateFunction[] = [
  arithmetic('add', (left, right) => left + right),
  arithmetic('sub', (left, right) => left - right),
  arithmetic('mul', (left, right) => left * right),
  arithmetic('div', (left, right) => left / nonZero(right)),
  arithmetic('mod', (left, right) => left % nonZero(right)),
  extreme('min', (numbers) => numbers.reduce((least, each) => Math.min(least, each))),
  extreme('max', (numbers) => numbers.reduce((most, each) => Math.max(most, each))),
  define('range', 2, range),
  define('int', 1, int),
  define('float', 1, float),
  define('bool', 1, bool),
];
