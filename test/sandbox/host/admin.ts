import { hostVersion } from '../../functions-core';
import type { Registration } from '../../functions-core';
import type { Answer, Call } from './http-functions';
import type { Counts, Invocations } from './invocations';
import type { Listeners } from './listeners';

/** What `GET /admin/host/status` tells beyond the Functions host's own answer. */
export interface StandInStatus {
  /** Invocations that run now. */
  readonly running: number;
  /** Messages in all listened queues, waiting or leased. */
  readonly queued: number;
  readonly poison: Readonly<Record<string, number>>;
  readonly invocations: Readonly<Record<string, Counts>>;
}

/** The admin API of the Functions host, as far as a developer uses it, from this machine only. */
export async function answerAdmin(
  call: Call,
  registrations: readonly Registration[],
  listeners: Listeners,
  invocations: Invocations,
): Promise<Answer> {
  if (!call.fromLoopback) return { status: 403 };
  const [, , area = '', name = ''] = call.url.pathname.split('/').map((part) => part.toLowerCase());
  if (call.method === 'GET' && area === 'host' && name === 'status') {
    const standIn = await standInStatus(listeners, invocations);
    return json(200, { id: 'stand-in', state: 'Running', version: hostVersion, processUptime: uptimeMs(), standIn });
  }
  if (call.method === 'GET' && area === 'functions') {
    const all = registrations.map((one) => described(one, call.url.origin));
    const found = all.find((one) => one.name.toLowerCase() === name);
    if (name === '') return json(200, all);
    return found ? json(200, found) : { status: 404 };
  }
  if (call.method === 'POST' && area === 'functions' && name !== '') return runByHand(name, call, listeners);
  return { status: 404 };
}

function runByHand(name: string, call: Call, listeners: Listeners): Answer {
  const known = [...listeners.byHand.keys()].find((one) => one.toLowerCase() === name);
  const run = listeners.byHand.get(known ?? '');
  if (!run) return { status: 404, body: `no function without an HTTP trigger is named "${name}"` };
  const input = inputOf(call.body);
  if (input === undefined) return { status: 400, body: 'the body must be {"input": "…"}' };
  // The header is ours: whoever ran the function finds its end among the records.
  return { status: 202, headers: { 'x-stand-in-invocation-id': run(input).invocationId } };
}

function inputOf(body: Buffer): string | undefined {
  if (body.length === 0) return '';
  try {
    const { input = '' } = JSON.parse(body.toString('utf8')) as { readonly input?: unknown };
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Counted again while invocations come and go: a message that moves between two counts would be missed by both. */
async function standInStatus(listeners: Listeners, invocations: Invocations): Promise<StandInStatus> {
  for (let attempt = 1; ; attempt += 1) {
    const before = { running: invocations.running(), started: invocations.started() };
    const queued = await Promise.all(listeners.queues.map((queue) => queue.queued()));
    const poison = await Promise.all(
      listeners.queues.map(async (queue) => [`${queue.queueName}-poison`, await queue.poisoned()] as const),
    );
    const isCalm = invocations.started() === before.started;
    if (isCalm || attempt === 5)
      return {
        running: isCalm ? before.running : Math.max(1, invocations.running()),
        queued: queued.reduce((sum, count) => sum + count, 0),
        poison: Object.fromEntries(poison),
        invocations: invocations.counts(),
      };
  }
}

function described(
  { name, bindings }: Registration,
  origin: string,
): Readonly<Record<string, unknown>> & { readonly name: string } {
  return {
    name,
    href: `${origin}/admin/functions/${name}`,
    language: 'node',
    isDisabled: false,
    config: { name, bindings: Object.entries(bindings).map(([key, binding]) => ({ ...binding, name: key })) },
  };
}

function uptimeMs(): number {
  return Math.round(process.uptime() * 1000);
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}
