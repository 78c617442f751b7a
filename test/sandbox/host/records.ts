import type { LogLevel } from '../../functions-core';

/** One line of the host's output. Times are ISO 8601 in UTC. */
export type HostRecord = LogRecord | LifecycleRecord | OutputRecord;

export interface LogRecord {
  readonly kind: 'log';
  readonly at: string;
  readonly level: LogLevel;
  /** Absent when the host itself speaks. */
  readonly functionName?: string;
  readonly invocationId?: string;
  readonly message: string;
}

export type LifecycleRecord = { readonly kind: 'host'; readonly at: string } & Lifecycle;

type Lifecycle =
  | { readonly event: 'started'; readonly port: number; readonly functions: readonly string[] }
  | ({ readonly event: 'invoked' } & Ended)
  | ({ readonly event: 'failed'; readonly message: string; readonly stack?: string } & Ended)
  /** The app cannot run; the process ends with exit code 1. */
  | { readonly event: 'refused' | 'crashed'; readonly message: string }
  | { readonly event: 'stopping' | 'stopped' };

interface Ended {
  readonly functionName: string;
  readonly invocationId: string;
  readonly durationMs: number;
}

/** What the app wrote to the console itself. Never printed by the host as JSON: the parent makes it of other lines. */
export interface OutputRecord {
  readonly kind: 'output';
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

type Unstamped<R> = R extends unknown ? Omit<R, 'at'> : never;
export type Emit = (record: Unstamped<LogRecord | LifecycleRecord>) => void;

export const emit: Emit = (record) => {
  process.stdout.write(`${lineOf(record, new Date())}\n`);
};

/** One line, also for readers that take U+2028 and U+2029 for the end of one. */
export function lineOf(record: Parameters<Emit>[0], at: Date): string {
  const { kind, ...rest } = record;
  const json = JSON.stringify({ kind, at: at.toISOString(), ...rest });
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

export function recordOf(line: string, stream: 'stdout' | 'stderr'): HostRecord {
  if (stream === 'stdout' && (line.startsWith('{"kind":"log","at":') || line.startsWith('{"kind":"host","at":')))
    return JSON.parse(line) as HostRecord;
  return { kind: 'output', stream, text: line };
}
