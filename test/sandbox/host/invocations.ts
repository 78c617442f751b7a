import { randomUUID } from 'node:crypto';
import type { InvocationResponse, LogLevel, TypedData } from '../../functions-core';
import { invoke } from './invoke';
import type { Emit } from './records';

export type Outcome =
  { readonly ok: true; readonly response: InvocationResponse } | { readonly ok: false; readonly error: unknown };

export interface Started {
  readonly invocationId: string;
  /** Never rejects: what the function threw is in the outcome. */
  readonly outcome: Promise<Outcome>;
}

export interface Counts {
  readonly ok: number;
  readonly failed: number;
}

/** Runs functions for the listeners, counts them and tells about each. */
export interface Invocations {
  start(functionName: string, input: TypedData, triggerMetadata?: Readonly<Record<string, TypedData>>): Started;
  /** How many invocations run now. */
  running(): number;
  /** How many were started ever. */
  started(): number;
  counts(): Readonly<Record<string, Counts>>;
  /** Resolves when none runs, or after so many milliseconds. */
  drained(limitMs: number): Promise<void>;
}

export function invocations(
  emit: Emit,
  functionNames: readonly string[],
  lowestLevelOf: (functionName: string) => LogLevel,
): Invocations {
  const running = new Set<Promise<Outcome>>();
  const counts = new Map<string, Counts>(functionNames.map((name) => [name, { ok: 0, failed: 0 }]));
  let started = 0;

  function count(functionName: string, result: keyof Counts): void {
    const sofar = counts.get(functionName) ?? { ok: 0, failed: 0 };
    counts.set(functionName, { ...sofar, [result]: sofar[result] + 1 });
  }

  async function run(
    functionName: string,
    invocationId: string,
    input: TypedData,
    metadata: Metadata,
  ): Promise<Outcome> {
    const begin = performance.now();
    const ended = (): { functionName: string; invocationId: string; durationMs: number } => ({
      functionName,
      invocationId,
      durationMs: Math.round(performance.now() - begin),
    });
    const log = (level: LogLevel, _category: string, message: string): void => {
      if (levels.indexOf(level) >= levels.indexOf(lowestLevelOf(functionName)))
        emit({ kind: 'log', level, functionName, invocationId, message });
    };
    try {
      const response = await invoke(functionName, input, { invocationId, triggerMetadata: metadata, log });
      count(functionName, 'ok');
      emit({ kind: 'host', event: 'invoked', ...ended() });
      return { ok: true, response };
    } catch (error) {
      // The app's own failure, of whatever type: the listener decides what follows from it.
      count(functionName, 'failed');
      emit({ kind: 'host', event: 'failed', ...ended(), ...described(error) });
      return { ok: false, error };
    }
  }

  return {
    start: (functionName, input, triggerMetadata = {}) => {
      const invocationId = randomUUID();
      started += 1;
      const outcome = run(functionName, invocationId, input, triggerMetadata);
      running.add(outcome);
      void outcome.then(() => running.delete(outcome));
      return { invocationId, outcome };
    },
    running: () => running.size,
    started: () => started,
    counts: () => Object.fromEntries(counts),
    drained: async (limitMs) => {
      const limit = AbortSignal.timeout(limitMs);
      while (running.size > 0 && !limit.aborted)
        await Promise.race([...running, new Promise((resolve) => limit.addEventListener('abort', resolve))]);
    },
  };
}

type Metadata = Readonly<Record<string, TypedData>>;

const levels: readonly LogLevel[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

export function described(error: unknown): { message: string; stack?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return error.stack === undefined ? { message: error.message } : { message: error.message, stack: error.stack };
}
