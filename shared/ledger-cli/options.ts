import { parseArgs } from 'node:util';
import { InputError } from '../core/errors';

export interface Options {
  readonly folder?: string;
  /** In lower case, as chains are named. */
  readonly subscriptionId?: string;
  /** ISO 8601 in UTC. */
  readonly since?: string;
}

export type CommandName = 'verify' | 'list';

const known = { folder: { type: 'string' }, subscription: { type: 'string' }, since: { type: 'string' } } as const;

/** The options of a command. Throws InputError. */
export function optionsOf(command: CommandName, args: readonly string[]): Options {
  const { folder, subscription, since } = parsed(args);
  if (command === 'verify' && since !== undefined)
    throw new InputError('verify takes no --since: a chain is checked from its first line on (--help tells more)');
  return {
    ...(folder !== undefined && { folder }),
    ...(subscription !== undefined && { subscriptionId: guid(subscription) }),
    ...(since !== undefined && { since: time(since) }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true }).values;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new InputError(`${message.split(/\. |\n/)[0]} (--help tells more)`);
  }
}

function guid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InputError(`--subscription is "${text}"; the GUID of a subscription is needed`);
}

function time(text: string): string {
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  if (isTime && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new InputError(`--since is "${text}"; a time as 2026-03-01 or 2026-03-01T08:00:00Z is needed`);
}
