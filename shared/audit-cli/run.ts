import { conformanceCommand } from './conformance-command';
import { connectionsCommand } from './connections-command';
import { InputError } from './input';
import { manifestsCommand } from './manifests-command';
import type { Output } from './output';
import { permissionsCommand } from './permissions-command';
import { usage } from './usage';

type Command = (args: readonly string[], today: string) => Output;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['manifests', manifestsCommand],
  ['connections', connectionsCommand],
  ['permissions', permissionsCommand],
  ['conformance', conformanceCommand],
]);

/** Runs one command line. `today` is a day as `2026-11-24`. Wrong use is one line on `err` and the code 1. */
export function run(args: readonly string[], today: string): Output {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') return { code: 0, out: usage.all, err: '' };
  try {
    const command = commands.get(name);
    if (command === undefined) throw new InputError(wrongCommand(name));
    const text = usage[name as keyof typeof usage];
    return rest.includes('--help') || rest.includes('-h') ? { code: 0, out: text, err: '' } : command(rest, today);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { code: 1, out: '', err: `audit: ${error.message}\n` };
  }
}

function wrongCommand(name: string): string {
  const found = name === '' ? 'no command is given' : `there is no command ${name}`;
  return `${found}; ${[...commands.keys()].join(', ').replace(/, (\w+)$/, ' or $1')} is wanted (--help tells more)`;
}
