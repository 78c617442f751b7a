import { randomBytes, randomUUID } from 'node:crypto';
import { getProgrammingModel, hooksOf, registered } from '../../functions-core';
import type {
  CoreInvocationContext,
  InvocationResponse,
  LogCategory,
  LogLevel,
  Registration,
  TypedData,
} from '../../functions-core';

export interface InvocationOptions {
  readonly invocationId?: string;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly log?: (level: LogLevel, category: LogCategory, message: string) => void;
}

/**
 * Runs one registered function as Azure's Node worker does: with the library's own invocation model and the app's hooks.
 * `input` is what the trigger delivers: `{ string }` for a queue message, `{ json }` for an event or a timer, `{ http }`.
 * Throws what the function throws, or when no function has that name.
 */
export async function invoke(
  name: string,
  input: TypedData,
  options: InvocationOptions = {},
): Promise<InvocationResponse> {
  const registration = registrationOf(name);
  const core = coreContext(registration, input, options);
  const model = getProgrammingModel().getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  invocationContexts.set(core, context);

  const data = { hookData: {}, appHookData, invocationContext: context };
  const before = { ...data, inputs, functionCallback: registration.callback };
  await runHooks('preInvocation', before, core);

  const after = { ...data, inputs: before.inputs, result: null as unknown, error: null as unknown };
  core.state = 'invocation';
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    // Whatever the function threw: the hooks may look at it, and it is thrown again below.
    after.error = error ?? new Error('the function threw nothing');
  }
  await runHooks('postInvocation', after, core);
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

/** Data that hooks share across invocations. */
export const appHookData: Record<string, unknown> = {};

const invocationContexts = new WeakMap<CoreInvocationContext, unknown>();

function registrationOf(name: string): Registration {
  const found = registered().find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const known = registered().map((one) => one.name);
  throw new Error(`no function is named "${name}"; the app registered: ${known.join(', ') || 'none'}`);
}

/** The binding that makes the function run. */
export function triggerOf(registration: Registration): { readonly name: string } & Registration['bindings'][string] {
  for (const [name, binding] of Object.entries(registration.bindings))
    if (/trigger$/i.test(binding.type)) return { ...binding, name };
  throw new Error(`function "${registration.name}" has no trigger`);
}

function coreContext(registration: Registration, input: TypedData, options: InvocationOptions): CoreInvocationContext {
  const invocationId = options.invocationId ?? randomUUID();
  const core: CoreInvocationContext = {
    invocationId,
    metadata: registration.metadata,
    request: {
      invocationId,
      inputData: [{ name: triggerOf(registration).name, data: input }],
      triggerMetadata: options.triggerMetadata ?? {},
      traceContext: {
        traceParent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
        traceState: '',
      },
    },
    log: (level, category, message) => {
      const entry = { level, category, message, invocationContext: invocationContexts.get(core), hookData: {} };
      for (const hook of hooksOf('log')) void hook(entry);
      options.log?.(entry.level, category, entry.message);
    },
  };
  return core;
}

async function runHooks(
  name: 'preInvocation' | 'postInvocation',
  context: Record<string, unknown>,
  core: CoreInvocationContext,
): Promise<void> {
  core.state = `${name}Hooks`;
  for (const hook of hooksOf(name)) await hook(context);
  core.state = undefined;
}
