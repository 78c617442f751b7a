import { compileCommand } from './compile-command';
import { conformanceCommand } from './conformance-command';
import { evaluateCommand } from './evaluate-command';
import { InputError } from './input';
import type { Output } from './output';
import { USAGE } from './usage';

type Command = (args: readonly string[], now: string) => Output;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['evaluate', evaluateCommand],
  ['conformance', conformanceCommand],
  ['compile', compileCommand],
]);

/** Runs one command line. `now` is the time that `utcNow()` gives. Wrong use is one line on `err` and the code 1. */
export function run(args: readonly string[], now: string): Output {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') return { code: 0, out: USAGE.all, err: '' };
  try {
    const command = COMMANDS.get(name);
    if (command === undefined) throw new InputError(wrongCommand(name));
    const usage = USAGE[name as keyof typeof USAGE];
    return rest.includes('--help') || rest.includes('-h') ? { code: 0, out: usage, err: '' } : command(rest, now);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { code: 1, out: '', err: `policy: ${error.message}\n` };
  }
}

function wrongCommand(name: string): string {
  const found = name === '' ? 'no command is given' : `there is no command ${name}`;
  return `${found}; evaluate, conformance or compile is wanted (--help tells more)`;
}
