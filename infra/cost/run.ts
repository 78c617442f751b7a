import { InputError } from '../../shared/core/errors';
import { asSentences, assumptions } from './assumptions';
import { optionsOf, usage } from './options';
import { prices } from './prices';
import { reportOf } from './report';
import { costNow } from './sizes';

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line. Wrong use is one line on `err` and the code 1. */
export function run(args: readonly string[]): Printed {
  try {
    const { estate, json, help } = optionsOf(args);
    if (help) return { code: 0, out: usage, err: '' };
    const cost = costNow(estate);
    const all = { estate, ...cost, prices, assumptions, inWords: asSentences };
    return { code: 0, out: json ? `${JSON.stringify(all, null, 2)}\n` : reportOf(estate, cost, prices), err: '' };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { code: 1, out: '', err: `cost: ${error.message}\n` };
  }
}
