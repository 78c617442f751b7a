import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';
export type KqlType = 'string' | 'datetime' | 'int' | 'long' | 'real' | 'bool' | 'dynamic' | 'timespan';

export interface Column {
  readonly name: string;
  readonly type: KqlType;
}

/** Tables by name, with what Log Analytics adds to each of them, and stored functions by name. */
export interface Schema {
  readonly tables: Readonly<Record<string, Readonly<Record<string, KqlType>>>>;
  readonly functions: Readonly<Record<string, string>>;
}

/** A node of the parser's tree, read by the names that Microsoft's grammar has. */
export class Syntax {
  private readonly node: RawNode;

  constructor(node: RawNode) {
    this.node = node;
  }

  get kind(): string {
    return kinds.get(this.node.Kind) ?? String(this.node.Kind);
  }

  get text(): string {
    return String(this.node.toString()).trim();
  }

  /** Type of an expression's value. */
  get type(): string {
    return this.node.ResultType?.Name ?? '';
  }

  /** Columns of a table expression. */
  get columns(): readonly Column[] {
    return columnsOf(this.node.ResultType);
  }

  get name(): string {
    const simple = this.node['SimpleName'];
    if (typeof simple !== 'string') throw new Error(`${this.kind} has no name`);
    return simple;
  }

  /** A string literal without its quotes. */
  get literal(): string {
    return String(this.node['LiteralValue']);
  }

  has(property: string): boolean {
    return Boolean(this.node[property]);
  }

  child(property: string): Syntax {
    const found = this.node[property];
    if (!found) throw new Error(`${this.kind} has no ${property}`);
    return new Syntax(found as RawNode);
  }

  list(property: string): readonly Syntax[] {
    const found = this.node[property] as RawNode | undefined;
    if (!found) return [];
    return Array.from({ length: found.ChildCount }, (_, index) => {
      const item = found.GetChild(index);
      return new Syntax((item['Element'] as RawNode | undefined) ?? item);
    });
  }

  /** All nodes below, and this one. */
  *all(): Generator<Syntax> {
    yield this;
    for (let index = 0; index < this.node.ChildCount; index += 1) {
      const child = this.node.GetChild(index) as RawNode | undefined;
      if (child) yield* new Syntax(child).all();
    }
  }
}

export interface Bound {
  readonly syntax: Syntax;
  readonly columns: readonly Column[];
  readonly diagnostics: readonly string[];
}

const bounds = new Map<Schema, Map<string, Bound>>();

/** Parses a query and resolves every name in it. */
export function bind(kql: string, schema: Schema): Bound {
  const known = bounds.get(schema) ?? new Map<string, Bound>();
  bounds.set(schema, known);
  const bound = known.get(kql) ?? boundAnew(kql, schema);
  known.set(kql, bound);
  return bound;
}

function boundAnew(kql: string, schema: Schema): Bound {
  const code = Kusto.Language.KustoCode.ParseAndAnalyze(kql, stateOf(schema));
  const diagnostics = Bridge.toArray(code.GetDiagnostics()).map(
    ({ Severity, Code, Message, Start }) => `${Severity} ${Code} at ${Start}: ${Message}`,
  );
  return { syntax: new Syntax(code.Syntax), columns: columnsOf(code.ResultType), diagnostics };
}

function columnsOf(type: RawType | undefined): readonly Column[] {
  const columns = type?.Columns === undefined ? [] : Bridge.toArray(type.Columns);
  return columns.map(({ Name, Type }) => ({ name: Name, type: Type.Name as KqlType }));
}

const states = new Map<Schema, unknown>();

function stateOf(schema: Schema): unknown {
  const known = states.get(schema);
  if (known !== undefined) return known;
  const { GlobalState, Symbols } = Kusto.Language;
  const column = ([name, type]: [string, KqlType]): unknown =>
    new Symbols.ColumnSymbol(name, Symbols.ScalarTypes[symbolNames[type]], null, null, null, null);
  const tables = Object.entries(schema.tables).map(
    ([name, columns]) => new Symbols.TableSymbol.$ctor4(name, Object.entries(columns).map(column)),
  );
  const functions = Object.entries(schema.functions).map(
    ([name, text]) => new Symbols.FunctionSymbol.$ctor13(name, `{ ${text} }`, 0, null, null),
  );
  const state = GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.ctor('workspace', [...tables, ...functions]),
  );
  states.set(schema, state);
  return state;
}

const symbolNames: Readonly<Record<KqlType, string>> = {
  string: 'String',
  datetime: 'DateTime',
  int: 'Int',
  long: 'Long',
  real: 'Real',
  bool: 'Bool',
  dynamic: 'Dynamic',
  timespan: 'TimeSpan',
};

interface RawNode {
  readonly Kind: number;
  readonly ChildCount: number;
  readonly ResultType?: RawType;
  GetChild(index: number): RawNode;
  toString(): string;
  readonly [property: string]: unknown;
}

interface RawType {
  readonly Name: string;
  readonly Columns?: List<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
}

interface RawDiagnostic {
  readonly Severity: string;
  readonly Code: string;
  readonly Message: string;
  readonly Start: number;
}

interface List<T> {
  readonly items?: readonly T[];
}

type Constructor = new (...given: readonly unknown[]) => unknown;

interface Library {
  readonly KustoCode: {
    ParseAndAnalyze(
      kql: string,
      state: unknown,
    ): { readonly Syntax: RawNode; readonly ResultType?: RawType; GetDiagnostics(): List<RawDiagnostic> };
  };
  readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
  readonly Symbols: {
    readonly ColumnSymbol: Constructor;
    readonly ScalarTypes: Readonly<Record<string, unknown>>;
    readonly TableSymbol: { readonly $ctor4: Constructor };
    readonly FunctionSymbol: { readonly $ctor13: Constructor };
    readonly DatabaseSymbol: { readonly ctor: Constructor };
  };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
}

// The package defines these two globals.
const { Bridge, Kusto } = globalThis as unknown as {
  readonly Bridge: { toArray<T>(list: List<T>): readonly T[] };
  readonly Kusto: { readonly Language: Library };
};
const kinds = new Map(
  Object.entries(Kusto.Language.Syntax.SyntaxKind).flatMap(([name, value]) =>
    typeof value === 'number' ? [[value, name] as const] : [],
  ),
);
