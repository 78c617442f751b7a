import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { StandInStatus } from './admin';
import { recordOf } from './records';
import type { HostRecord, LifecycleRecord } from './records';

export type { HostRecord } from './records';
export type { StandInStatus } from './admin';

export interface HostOptions {
  /**
   * The app's settings. Of this process's environment the app sees only what a program needs to run (PATH, HOME, …).
   * The host itself reads `STANDIN_FUNCTION_KEY` (what functions with authLevel function or admin ask for; open without)
   * and `STANDIN_QUEUE_MIN_POLL_MS`.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Where package.json and host.json are; the current folder when absent. */
  readonly appFolder?: string;
  /** A free port when absent. */
  readonly port?: number;
  readonly onLine?: (record: HostRecord) => void;
  /** The compiled main.ts; `dist/sandbox/host.js` of the current folder when absent. */
  readonly hostScript?: string;
}

export interface Host {
  readonly url: string;
  readonly port: number;
  readonly functions: readonly string[];
  readonly pid: number;
  /** Runs a function that has no HTTP trigger and waits for its end. Throws when it fails or the host is gone. */
  run(functionName: string, input?: string): Promise<void>;
  status(): Promise<StandInStatus>;
  /** Invocations that run now, and messages in the listened queues, waiting or leased. */
  busy(): Promise<number>;
  /** Lets running invocations end, up to ten seconds. */
  stop(): Promise<void>;
  /** Ends the host at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts the stand-in for the Functions host. Throws, with the host's reason, when the app cannot run. */
export async function startHost(options: HostOptions): Promise<Host> {
  const child = spawn(
    process.execPath,
    [
      resolve(options.hostScript ?? 'dist/sandbox/host.js'),
      resolve(options.appFolder ?? '.'),
      ...['--port', String(options.port ?? 0)],
    ],
    { env: { ...inherited(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const exited = once(child, 'exit');
  const listeners = new Set<(record: HostRecord) => void>(options.onLine ? [options.onLine] : []);
  readLines(child, (record) => {
    for (const listener of listeners) listener(record);
  });

  const { port, functions } = await started(listeners, exited);
  const url = `http://127.0.0.1:${String(port)}`;
  const status = async (): Promise<StandInStatus> => {
    const response = await fetch(`${url}/admin/host/status`);
    if (!response.ok) throw new Error(`the host's status is ${String(response.status)}; its log says why`);
    return ((await response.json()) as { readonly standIn: StandInStatus }).standIn;
  };
  return {
    url,
    port,
    functions,
    pid: child.pid ?? 0,
    run: (functionName, input = '') => run(url, functionName, input, listeners, exited),
    status,
    busy: async () => {
      const { running, queued } = await status();
      return running + queued;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await exited;
      clearTimeout(late);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

type Listeners = Set<(record: HostRecord) => void>;

function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function readLines(child: ChildProcess, tell: (record: HostRecord) => void): void {
  for (const stream of ['stdout', 'stderr'] as const)
    createInterface(child[stream] as Readable).on('line', (line) => tell(recordOf(line, stream)));
}

async function started(
  listeners: Listeners,
  exited: Promise<unknown>,
): Promise<{ readonly port: number; readonly functions: readonly string[] }> {
  const reasons: string[] = [];
  return new Promise((succeed, fail) => {
    const listener = (record: HostRecord): void => {
      if (record.kind === 'output' && record.stream === 'stderr') reasons.push(record.text);
      if (record.kind !== 'host') return;
      if (record.event === 'refused' || record.event === 'crashed') fail(new Error(record.message));
      if (record.event === 'started') {
        listeners.delete(listener);
        succeed(record);
      }
    };
    listeners.add(listener);
    void exited.then(() => fail(new Error(`the host ended before it started: ${reasons.join('\n')}`)));
  });
}

async function run(
  url: string,
  functionName: string,
  input: string,
  listeners: Listeners,
  exited: Promise<unknown>,
): Promise<void> {
  type End = Extract<LifecycleRecord, { readonly event: 'invoked' | 'failed' }>;
  const ends = new Map<string, End>();
  let look = (): void => undefined;
  const listener = (record: HostRecord): void => {
    if (record.kind !== 'host' || (record.event !== 'invoked' && record.event !== 'failed')) return;
    ends.set(record.invocationId, record);
    look();
  };
  listeners.add(listener);
  try {
    const response = await fetch(`${url}/admin/functions/${functionName}`, {
      method: 'POST',
      body: JSON.stringify({ input }),
    });
    if (response.status !== 202) throw new Error(`${functionName} does not run: ${await response.text()}`);
    const id = response.headers.get('x-stand-in-invocation-id') ?? '';
    await new Promise<void>((succeed, fail) => {
      look = () => {
        const end = ends.get(id);
        if (end?.event === 'invoked') succeed();
        if (end?.event === 'failed') fail(new Error(`${functionName} failed: ${end.message}`));
      };
      look();
      void exited.then(() => fail(new Error(`the host ended while ${functionName} ran`)));
    });
  } finally {
    listeners.delete(listener);
  }
}
