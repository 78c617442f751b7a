/**
 * Stands in for `@azure/functions-core`, the module that Azure's Node worker supplies to `@azure/functions` and that no
 * registry has. The sandbox's host and jest (moduleNameMapper) give the app this module, so both see what it registers.
 */
export const version = '3.12.0';
export const hostVersion = '4.1043.0';

/** What the host and the worker say to each other about one value; exactly one property is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly bytes?: Uint8Array;
  readonly int?: number;
  readonly double?: number;
  readonly http?: HttpData;
}

export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nullableHeaders?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableQuery?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableParams?: Readonly<Record<string, { readonly value: string }>>;
  readonly cookies?: readonly HttpCookie[];
  readonly body?: TypedData | null;
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string };
  readonly path?: { readonly value: string };
  readonly expires?: { readonly value: { readonly seconds: number } };
  readonly maxAge?: { readonly value: number };
  readonly secure?: { readonly value: boolean };
  readonly httpOnly?: { readonly value: boolean };
  readonly sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone';
}

/** One binding as the app wrote it, for example `{ type: 'queueTrigger', direction: 'in', queueName, connection }`. */
export type Binding = Readonly<Record<string, unknown>> & { readonly type: string; readonly direction: string };

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: unknown;
}

export type FunctionCallback = (...inputs: readonly unknown[]) => unknown;

export interface InvocationRequest {
  readonly invocationId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string };
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly returnValue?: TypedData | null;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';
export type LogCategory = 'user' | 'system';

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export type HookCallback = (context: Record<string, unknown>) => void | Promise<void>;

export interface Registration {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly callback: FunctionCallback;
  readonly metadata: FunctionMetadata;
}

const registrations: Registration[] = [];
const hooks: { readonly name: string; readonly callback: HookCallback }[] = [];
let model: ProgrammingModel | undefined;
let logTo: (level: LogLevel, category: LogCategory, message: string) => void = () => undefined;

/** The API names a class, which callers may construct. */
export class Disposable {
  readonly #onDispose: () => unknown;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  static from(...parts: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const part of parts) part.dispose();
    });
  }

  dispose(): unknown {
    return this.#onDispose();
  }
}

export function setProgrammingModel(next: ProgrammingModel): void {
  model = next;
}

export function getProgrammingModel(): ProgrammingModel {
  if (!model)
    throw new Error('no programming model is set: the app has not called app.http(), app.timer() or the like');
  return model;
}

/** Throws when the name is taken, as the worker does. */
export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  if (registrations.some((known) => known.name.toLowerCase() === metadata.name.toLowerCase()))
    throw new Error(`a function with the name "${metadata.name}" is registered already`);
  const registration = { name: metadata.name, bindings: metadata.bindings, callback, metadata };
  registrations.push(registration);
  return new Disposable(() => registrations.splice(registrations.indexOf(registration), 1));
}

export function registerHook(name: string, callback: HookCallback): Disposable {
  const hook = { name, callback };
  hooks.push(hook);
  return new Disposable(() => hooks.splice(hooks.indexOf(hook), 1));
}

export function log(level: LogLevel, category: LogCategory, message: string): void {
  logTo(level, category, message);
}

/** Not part of Azure's module: every function that the app registered, in that order. */
export function registered(): readonly Registration[] {
  return [...registrations];
}

/** Not part of Azure's module: the hooks of one name, in the order of registration. */
export function hooksOf(name: string): readonly HookCallback[] {
  return hooks.filter((hook) => hook.name === name).map((hook) => hook.callback);
}

/** Not part of Azure's module: who hears what the library logs outside of invocations; nobody unless told. */
export function onLog(listener: typeof logTo): void {
  logTo = listener;
}

/** Not part of Azure's module: forgets every function and hook. The library sets its model only once, so it stays. */
export function reset(): void {
  registrations.length = 0;
  hooks.length = 0;
}
