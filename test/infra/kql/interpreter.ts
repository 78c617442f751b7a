import { aggregates, extremeRow, groupsOf } from './aggregates';
import { evaluate, ingestedAt, type Scope } from './expressions';
import { bind, type Column, type KqlType, type Schema, type Syntax } from './kusto';
import { compare, keyOf, missing, textOf, typed, type Row, type Table, type Value } from './values';

/** A row as it was sent, with when it was ingested where that matters. */
export interface Given {
  readonly row: Readonly<Record<string, unknown>>;
  /** ISO 8601; absent: when it was generated. */
  readonly ingested?: string;
}

export interface Setting {
  readonly schema: Schema;
  /** Rows by table. A table that is not named is empty. */
  readonly rows: Readonly<Record<string, readonly Given[]>>;
  /** ISO 8601: what `now()` is. */
  readonly now: string;
}

/** Runs a query on rows. Throws on whatever it does not support, so that nothing passes unseen. */
export function run(kql: string, setting: Setting): Table {
  return evaluateQuery(kql, { setting, tables: new Map(), scalars: new Map() });
}

interface Context {
  readonly setting: Setting;
  readonly tables: Map<string, Syntax | Table>;
  readonly scalars: Map<string, Value>;
}

function evaluateQuery(kql: string, context: Context): Table {
  const { syntax, diagnostics } = bind(kql, context.setting.schema);
  const errors = diagnostics.filter((text) => text.startsWith('Error'));
  if (errors.length > 0) throw new Error(errors.join('; '));
  let result: Table | undefined;
  for (const statement of syntax.list('Statements')) {
    if (statement.kind === 'LetStatement') define(statement, context);
    else if (statement.kind === 'ExpressionStatement') result = tableOf(statement.child('Expression'), context);
    else throw new Error(`${statement.kind} is not supported`);
  }
  if (result === undefined) throw new Error('the query has no result');
  return result;
}

function define(statement: Syntax, context: Context): void {
  const name = statement.child('Name').name;
  const expression = statement.child('Expression');
  if (expression.kind === 'FunctionDeclaration') throw new Error('a function within a query is not supported');
  if (expression.columns.length > 0) context.tables.set(name, tableOf(expression, context));
  else context.scalars.set(name, evaluate(expression, {}, scopeOf(context)));
}

function scopeOf(context: Context): Scope {
  return {
    now: new Date(context.setting.now),
    scalars: context.scalars,
    scalarOf: (table) => {
      const { columns, rows } = tableOf(table, context);
      return rows[0]?.[columns[0]?.name ?? ''] ?? null;
    },
  };
}

function tableOf(node: Syntax, context: Context): Table {
  switch (node.kind) {
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return tableOf(node.child('Expression'), context);
    case 'NameReference':
      return named(node.name, context);
    case 'FunctionCallExpression':
      return named(node.child('Name').name, context);
    case 'DataTableExpression':
      return dataTable(node, context);
    case 'UnionOperator':
      return union([], node, context);
    case 'PipeExpression': {
      const input = tableOf(node.child('Expression'), context);
      return apply(node.child('Operator'), input, { context, columns: node.columns });
    }
    default:
      throw new Error(`${node.kind} is not supported: ${node.text}`);
  }
}

function named(name: string, context: Context): Table {
  const local = context.tables.get(name);
  if (local !== undefined) return local as Table;
  const { schema, rows } = context.setting;
  const stored = schema.functions[name];
  if (stored !== undefined) return evaluateQuery(stored, { ...context, tables: new Map(), scalars: new Map() });
  const columns = schema.tables[name];
  if (columns === undefined) throw new Error(`there is no table ${name}`);
  const entries = Object.entries(columns);
  return {
    columns: entries.map(([column, type]) => ({ name: column, type })),
    rows: (rows[name] ?? []).map((given) => rowOf(name, given, entries)),
  };
}

function rowOf(table: string, { row, ingested }: Given, columns: readonly (readonly [string, KqlType])[]): Row {
  const strange = Object.keys(row).filter((name) => !columns.some(([column]) => column === name));
  if (strange.length > 0) throw new Error(`${table} has no column ${strange.join(', ')}`);
  const values = columns.map(([name, type]) => [name, typed(row[name], type)] as const);
  return { ...Object.fromEntries(values), [ingestedAt]: new Date(ingested ?? String(row['TimeGenerated'])) };
}

function dataTable(node: Syntax, context: Context): Table {
  const { columns } = node;
  const values = node.list('Values').map((value) => evaluate(value, {}, scopeOf(context)));
  const rows = Array.from({ length: values.length / columns.length }, (_, index) =>
    Object.fromEntries(
      columns.map(({ name, type }, place) => {
        const value = values[index * columns.length + place] ?? null;
        return [name, typeof value === 'string' ? typed(value, type) : value] as const;
      }),
    ),
  );
  return { columns, rows };
}

interface Output {
  readonly context: Context;
  /** As the binder names and types them. */
  readonly columns: readonly Column[];
}

type Operator = (node: Syntax, input: Table, output: Output) => readonly Row[];

function apply(node: Syntax, input: Table, output: Output): Table {
  const operator = operators[node.kind];
  if (operator === undefined) throw new Error(`${node.kind} is not supported: ${node.text}`);
  const rows =
    node.kind === 'UnionOperator' ? union([input], node, output.context).rows : operator(node, input, output);
  return { columns: output.columns, rows };
}

const valueOn =
  ({ context }: Output) =>
  (expression: Syntax, row: Row): Value =>
    evaluate(expression, row, scopeOf(context));

const operators: Readonly<Record<string, Operator>> = {
  FilterOperator: (node, { rows }, output) => {
    const value = valueOn(output);
    return rows.filter((row) => value(node.child('Condition'), row) === true);
  },
  ExtendOperator: (node, { rows }, output) => {
    const value = valueOn(output);
    const added = node.list('Expressions').map((one) => [nameFor(one), one] as const);
    return rows.map((row) =>
      added.reduce<Row>((all, [name, expression]) => ({ ...all, [name]: value(expression, all) }), row),
    );
  },
  ProjectOperator: (node, { rows }, output) => projected(rows, node.list('Expressions'), output),
  DistinctOperator: (node, { rows }, output) => {
    const names = output.columns.map(({ name }) => name);
    const valuesOf = (row: Row): readonly Value[] => names.map((name) => row[name] ?? null);
    return groupsOf(projected(rows, node.list('Expressions'), output), valuesOf).map(([first = {}]) => first);
  },
  ProjectAwayOperator: (_node, { rows }, { columns }) => rows.map((row) => only(row, columns)),
  ProjectKeepOperator: (_node, { rows }, { columns }) => rows.map((row) => only(row, columns)),
  ProjectReorderOperator: (_node, { rows }) => rows,
  TakeOperator: (node, { rows }, output) => rows.slice(0, Number(valueOn(output)(node.child('Expression'), {}))),
  CountOperator: (_node, { rows }, { columns: [column] }) => [{ [column?.name ?? 'Count']: rows.length }],
  SortOperator: (node, { rows }, output) => sortedBy(rows, node.list('Expressions'), output),
  TopOperator: (node, { rows }, output) =>
    sortedBy(rows, [node.child('ByExpression')], output).slice(
      0,
      Number(valueOn(output)(node.child('Expression'), {})),
    ),
  SummarizeOperator: (node, { rows }, output) => summarized(node, rows, output),
  JoinOperator: (node, input, output) => joined(node, input, output),
  MvExpandOperator: (node, { rows }, output) => expanded(node, rows, output),
  UnionOperator: () => [],
};

function only(row: Row, columns: readonly Column[]): Row {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]));
}

/** The column that an expression makes: its own name, or that of the column it is. */
function nameFor(expression: Syntax): string {
  if (expression.kind === 'SimpleNamedExpression') return expression.child('Name').name;
  if (expression.kind === 'NameReference') return expression.name;
  throw new Error(`name the column: ${expression.text}`);
}

/** The binder knows the names, in this order. */
function projected(rows: readonly Row[], expressions: readonly Syntax[], output: Output): readonly Row[] {
  const value = valueOn(output);
  return rows.map((row) =>
    Object.fromEntries(
      output.columns.map(({ name }, index) => {
        const expression = expressions[index];
        if (expression === undefined) throw new Error('a star is not supported here');
        return [name, value(expression, row)];
      }),
    ),
  );
}

function sortedBy(rows: readonly Row[], orderings: readonly Syntax[], output: Output): readonly Row[] {
  const value = valueOn(output);
  return rows.toSorted((a, b) => {
    for (const ordering of orderings) {
      const isOrdered = ordering.kind === 'OrderedExpression';
      const expression = isOrdered ? ordering.child('Expression') : ordering;
      const ascending = isOrdered && ordering.has('Ordering') && ordering.child('Ordering').text.startsWith('asc');
      const order = compareWithNulls(value(expression, a), value(expression, b)) * (ascending ? 1 : -1);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Null is smaller than everything: first when ascending, last when descending. */
function compareWithNulls(a: Value, b: Value): number {
  return compare(a, b) ?? Number(a !== null) - Number(b !== null);
}

function summarized(node: Syntax, rows: readonly Row[], output: Output): readonly Row[] {
  const value = valueOn(output);
  const keys = node.has('ByClause') ? node.child('ByClause').list('Expressions') : [];
  const groups = keys.length === 0 ? [rows] : groupsOf(rows, (row) => keys.map((key) => value(key, row)));
  return groups.map((group) => {
    const first = group[0] ?? {};
    const named: Record<string, Value> = {};
    keys.forEach((key, index) => (named[output.columns[index]?.name ?? ''] = value(key, first)));
    let place = keys.length;
    for (const aggregate of node.list('Aggregates')) {
      const made = aggregated(aggregate, group, output, place);
      for (const [name, one] of made) named[name] = one;
      place += made.length;
    }
    return named;
  });
}

type Made = readonly (readonly [string, Value])[];

function aggregated(aggregate: Syntax, rows: readonly Row[], output: Output, place: number): Made {
  const value = valueOn(output);
  const inner = aggregate.kind === 'SimpleNamedExpression' ? aggregate.child('Expression') : aggregate;
  const name = output.columns[place]?.name ?? '';
  if (inner.kind !== 'FunctionCallExpression') return [[name, overAggregates(inner, rows, output)]];
  const called = inner.child('Name').name;
  const given = inner.child('ArgumentList').list('Expressions');
  if (called === 'arg_max' || called === 'arg_min') {
    const [by, ...others] = given;
    if (by === undefined) throw new Error(`${called} of nothing`);
    const row = extremeRow(rows, (one) => value(by, one), called === 'arg_max' ? 1 : -1);
    const rest = others.some(({ kind }) => kind === 'StarExpression')
      ? output.columns.slice(place + 1)
      : output.columns.slice(place + 1, place + 1 + others.length);
    return [
      [name, row === undefined ? null : value(by, row)],
      ...rest.map((column) => [column.name, row?.[column.name] ?? missing(column.type)] as const),
    ];
  }
  return [[name, overAggregates(inner, rows, output)]];
}

/** An aggregate, or a scalar function or sum of some. */
function overAggregates(node: Syntax, rows: readonly Row[], output: Output): Value {
  const value = valueOn(output);
  if (node.kind === 'FunctionCallExpression') {
    const aggregate = aggregates[node.child('Name').name];
    const given = node.child('ArgumentList').list('Expressions');
    if (aggregate !== undefined) return aggregate(rows, given, value);
  }
  throw new Error(`${node.text} is not supported: name the aggregate and compute with it afterwards`);
}

function joined(node: Syntax, input: Table, { context, columns }: Output): readonly Row[] {
  const kind = parameter(node, 'kind');
  const other = tableOf(node.child('Expression'), context);
  const keys = node.child('ConditionClause').list('Expressions').map(joinKey);
  const keyOn = (row: Row, side: 0 | 1): string =>
    keys.map((pair) => keyOf(row[side === 0 ? pair[0] : pair[1]] ?? null)).join(' ');
  const isMatch = (row: Row): readonly Row[] =>
    keys.some(([name]) => (row[name] ?? null) === null)
      ? []
      : other.rows.filter((one) => keyOn(one, 1) === keyOn(row, 0));
  if (kind === 'leftsemi') return input.rows.filter((row) => isMatch(row).length > 0);
  if (kind === 'leftanti') return input.rows.filter((row) => isMatch(row).length === 0);
  if (kind !== 'inner' && kind !== 'leftouter') throw new Error(`join kind ${kind} is not supported`);
  const added = columns.slice(input.columns.length);
  return input.rows.flatMap((row) => {
    const matches: readonly (Row | undefined)[] = isMatch(row);
    const sides = matches.length === 0 && kind === 'leftouter' ? [undefined] : matches;
    return sides.map((side) => ({
      ...only(row, input.columns),
      ...Object.fromEntries(
        added.map(({ name, type }, index) => [name, side?.[other.columns[index]?.name ?? ''] ?? missing(type)]),
      ),
    }));
  });
}

/** The names of one condition, on the left and on the right. */
function joinKey(condition: Syntax): readonly [string, string] {
  if (condition.kind === 'NameReference') return [condition.name, condition.name];
  if (condition.kind !== 'EqualExpression') throw new Error(`join on ${condition.text} is not supported`);
  const sides = [condition.child('Left'), condition.child('Right')].map((side) => side.child('Selector').name);
  return [sides[0] ?? '', sides[1] ?? ''];
}

function parameter(node: Syntax, name: string): string {
  const found = node.list('Parameters').find((one) => one.child('Name').name === name);
  if (found === undefined) throw new Error(`name the ${name}: ${node.text}`);
  return found.child('Expression').text;
}

function union(first: readonly Table[], node: Syntax, context: Context): Table {
  const isFuzzy = node.list('Parameters').some((one) => one.text === 'isfuzzy=true');
  const others = node.list('Expressions').flatMap((one) => {
    return isFuzzy && !isKnown(one, context) ? [] : tableOf(one, context);
  });
  const tables = [...first, ...others];
  const columns = [...new Map(tables.flatMap((table) => table.columns.map((one) => [one.name, one]))).values()];
  const filled = (row: Row): Row => ({
    ...row,
    ...Object.fromEntries(columns.map(({ name, type }) => [name, row[name] ?? missing(type)])),
  });
  return { columns, rows: tables.flatMap(({ rows }) => rows.map(filled)) };
}

/** Whether the table that an expression begins with is there. */
function isKnown(node: Syntax, context: Context): boolean {
  if (node.kind === 'PipeExpression' || node.kind === 'ParenthesizedExpression')
    return isKnown(node.child('Expression'), context);
  if (node.kind !== 'NameReference') return true;
  const { tables, setting } = context;
  return [...tables.keys(), ...Object.keys({ ...setting.schema.tables, ...setting.schema.functions })].includes(
    node.name,
  );
}

/** A row for each element; what is empty or null makes one row with null. */
function expanded(node: Syntax, rows: readonly Row[], output: Output): readonly Row[] {
  const value = valueOn(output);
  const [one, ...others] = node.list('Expressions');
  if (one === undefined || others.length > 0) throw new Error('mv-expand of more than one is not supported');
  const expression = one.child('Expression');
  const name = nameFor(expression);
  const type = output.columns.find((column) => column.name === name)?.type;
  return rows.flatMap((row) => {
    const list = value(expression, row);
    const elements = Array.isArray(list) && list.length > 0 ? (list as readonly Value[]) : [null];
    return elements.map((element) => ({ ...row, [name]: type === 'string' ? textOf(element) : element }));
  });
}
