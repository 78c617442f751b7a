import type { Syntax } from './kusto';
import { compare, keyOf, numberOf, type Row, type Value } from './values';

/** How an expression is evaluated on a row. */
export type Evaluate = (expression: Syntax, row: Row) => Value;

type Aggregate = (rows: readonly Row[], given: readonly Syntax[], evaluate: Evaluate) => Value;

const valuesOf = (rows: readonly Row[], expression: Syntax | undefined, evaluate: Evaluate): readonly Value[] =>
  expression === undefined ? [] : rows.map((row) => evaluate(expression, row)).filter((value) => value !== null);

const isTrue = (expression: Syntax | undefined, evaluate: Evaluate) => (row: Row) =>
  expression !== undefined && evaluate(expression, row) === true;

const distinct = (values: readonly Value[]): readonly Value[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

const withoutEmpty = (values: readonly Value[]): readonly Value[] => values.filter((value) => value !== '');

/** Aggregates that make one column. */
export const aggregates: Readonly<Record<string, Aggregate>> = {
  avg: (rows, [value], evaluate) => {
    const values = valuesOf(rows, value, evaluate).map(numberOf);
    return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
  },
  count: (rows) => rows.length,
  countif: (rows, [condition], evaluate) => rows.filter(isTrue(condition, evaluate)).length,
  dcount: (rows, [value], evaluate) => distinct(valuesOf(rows, value, evaluate)).length,
  dcountif: (rows, [value, condition], evaluate) =>
    distinct(valuesOf(rows.filter(isTrue(condition, evaluate)), value, evaluate)).length,
  make_list: (rows, [value], evaluate) => valuesOf(rows, value, evaluate),
  make_set: (rows, [value, most], evaluate) =>
    distinct(withoutEmpty(valuesOf(rows, value, evaluate))).slice(
      0,
      most === undefined ? undefined : Number(most.text),
    ),
  max: (rows, [value], evaluate) => sorted(valuesOf(rows, value, evaluate)).at(-1) ?? null,
  maxif: (rows, [value, condition], evaluate) =>
    sorted(valuesOf(rows.filter(isTrue(condition, evaluate)), value, evaluate)).at(-1) ?? null,
  min: (rows, [value], evaluate) => sorted(valuesOf(rows, value, evaluate))[0] ?? null,
  minif: (rows, [value, condition], evaluate) =>
    sorted(valuesOf(rows.filter(isTrue(condition, evaluate)), value, evaluate))[0] ?? null,
  percentile: (rows, [value, percent], evaluate) => {
    const values = sorted(valuesOf(rows, value, evaluate));
    const rank = Math.ceil((Number(percent?.text) / 100) * values.length);
    return values[Math.max(0, rank - 1)] ?? null;
  },
  sum: (rows, [value], evaluate) =>
    valuesOf(rows, value, evaluate)
      .map(numberOf)
      .reduce((sum, one) => sum + one, 0),
  sumif: (rows, [value, condition], evaluate) =>
    valuesOf(rows.filter(isTrue(condition, evaluate)), value, evaluate)
      .map(numberOf)
      .reduce((sum, one) => sum + one, 0),
  take_any: (rows, [value], evaluate) => (value === undefined ? null : (valuesOf(rows, value, evaluate)[0] ?? null)),
};

function sorted(values: readonly Value[]): readonly Value[] {
  return values.toSorted((a, b) => compare(a, b) ?? 0);
}

/**
 * The row with the greatest (`sign` 1) or smallest value. Rows without one count only where no row has one; of equal ones
 * any may be taken, here the first.
 */
export function extremeRow(rows: readonly Row[], value: (row: Row) => Value, sign: 1 | -1): Row | undefined {
  const [first, ...others] = rows.filter((row) => value(row) !== null);
  if (first === undefined) return rows[0];
  return others.reduce((best, row) => ((compare(value(row), value(best)) ?? 0) * sign > 0 ? row : best), first);
}

/** Rows with the same values, in the order in which they first appear. */
export function groupsOf<T>(rows: readonly T[], values: (row: T) => readonly Value[]): readonly (readonly T[])[] {
  return [...Map.groupBy(rows, (row) => values(row).map(keyOf).join(' ')).values()];
}
