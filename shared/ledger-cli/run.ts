import { isRestError } from '@azure/core-rest-pipeline';
import { InputError, SettingsError } from '../core/errors';
import type { Account } from '../store/tables';
import { listCommand } from './list-command';
import { optionsOf, type CommandName } from './options';
import { sourceFor } from './source';
import { usage } from './usage';
import { verifyCommand, type Print } from './verify-command';

export interface Console {
  readonly print: Print;
  readonly complain: Print;
}

/** Runs one command line and answers its exit code. `own` tells the app's storage, where no folder is given. */
export async function run(args: readonly string[], own: () => Account, out: Console): Promise<number> {
  const [name = '', ...rest] = args;
  const asksForHelp = [name, ...rest].some((word) => word === '--help' || word === '-h');
  if (asksForHelp || name === 'help') return help(name, out);
  try {
    if (name !== 'verify' && name !== 'list') throw new InputError(wrongCommand(name));
    return (await carryOut(name, rest, { own, out })) === 0 ? 0 : 1;
  } catch (error) {
    if (!isExpected(error)) throw error;
    const hint = isSignIn(error) ? 'nobody is signed in (az login) who could read the app’s storage: ' : '';
    out.complain(`ledger: ${hint}${error.message.split('\n')[0]}`);
    return 2;
  }
}

function help(name: string, { print }: Console): number {
  print((name === 'verify' || name === 'list' ? usage[name] : usage.all).trimEnd());
  return 0;
}

interface Surroundings {
  readonly own: () => Account;
  readonly out: Console;
}

async function carryOut(name: CommandName, args: readonly string[], { own, out }: Surroundings): Promise<number> {
  const options = optionsOf(name, args);
  const source = await sourceFor(options, own);
  return name === 'verify' ? verifyCommand(source, out.print) : listCommand(source, options.since ?? '', out);
}

/** Wrong use, a wrong setting, or a storage that does not answer. */
function isExpected(error: unknown): error is Error {
  return error instanceof InputError || error instanceof SettingsError || isRestError(error) || isSignIn(error);
}

/** Nobody is signed in who could read the storage. */
function isSignIn(error: unknown): boolean {
  return error instanceof Error && /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
}

function wrongCommand(name: string): string {
  const found = name === '' ? 'no command is given' : `there is no command ${name}`;
  return `${found}; verify or list is wanted (--help tells more)`;
}
