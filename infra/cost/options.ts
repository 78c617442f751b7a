import { parseArgs } from 'node:util';
import { InputError } from '../../shared/core/errors';
import { assumptions } from './assumptions';
import type { Estate } from './model';

export const usage = `npm run cost                        a month of one subscription with 10 networks and 2 clusters
npm run cost -- --networks N        virtual networks, all subscriptions together
npm run cost -- --clusters N        AKS clusters, all subscriptions together
npm run cost -- --subscriptions N   subscriptions, each with a deployment of its own
npm run cost -- --events-per-day N  writes and deletions that the filter lets through, all together; 20 for each network unless told
npm run cost -- --days-kept N       days that Steward's rows are kept; 365 unless told
npm run cost -- --flow-log-gb N     GB of flow logs in a month; ${assumptions.flowLogGbPerNetwork} for each network unless told
npm run cost -- --json              everything as JSON
Prices are inputs of infra/cost/prices.ts: check them against the price page.
`;

export interface Options {
  readonly estate: Estate;
  readonly json: boolean;
  readonly help: boolean;
}

const text = { type: 'string' } as const;
const known = {
  networks: text,
  clusters: text,
  subscriptions: text,
  'events-per-day': text,
  'days-kept': text,
  'flow-log-gb': text,
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Throws InputError. */
export function optionsOf(args: readonly string[]): Options {
  const values = parsed(args);
  const count = (name: keyof typeof known & keyof typeof values, standard: number): number =>
    numberOf(name, values[name] as string | undefined, standard);
  const networks = count('networks', 10);
  return {
    estate: {
      networks,
      clusters: count('clusters', 2),
      subscriptions: Math.max(1, count('subscriptions', 1)),
      eventsPerDay: count('events-per-day', networks * 20),
      daysKept: count('days-kept', 365),
      flowLogGb: count('flow-log-gb', networks * assumptions.flowLogGbPerNetwork),
    },
    json: values.json,
    help: values.help,
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

function numberOf(name: string, given: string | undefined, standard: number): number {
  if (given === undefined) return standard;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new InputError(`--${name} is "${given}"; a whole number up to 999999999 is needed`);
}
