import { parseArgs } from 'node:util';
import { AzureError, InputError, SettingsError } from '../core/errors';
import type { World } from '../core/ports';
import { doctor, reportOf, settingsCheck, type Report } from '../doctor/doctor';
import { linesOf } from './table';
import { usage } from './usage';

export interface Console {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** Runs one command line and answers its exit code. `worldOf` puts the app together and throws SettingsError. */
export async function run(args: readonly string[], worldOf: () => World, out: Console): Promise<number> {
  if (args.some((word) => word === '--help' || word === '-h')) {
    out.print(usage.trimEnd());
    return 0;
  }
  try {
    const { json = false, subscription } = optionsIn(args);
    const report = await examined(worldOf, subscription?.toLowerCase());
    for (const line of json ? [JSON.stringify(report, null, 2)] : linesOf(report)) out.print(line);
    return report.healthy ? 0 : 2;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    out.complain(`doctor: ${error.message}`);
    return 1;
  }
}

const known = { json: { type: 'boolean' }, subscription: { type: 'string' } } as const;

function optionsIn(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true }).values;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new InputError(`${message.split(/\. |\n/)[0]} (--help tells more)`);
  }
}

/** Without right settings nothing else can be asked: then they are all that is told. */
async function examined(worldOf: () => World, subscriptionId: string | undefined): Promise<Report> {
  const world = madeOf(worldOf);
  if (typeof world === 'string') {
    const todo = 'set what is named, as local.settings.sample.json and the README show; then run the doctor again';
    return reportOf([settingsCheck.wrong(world, todo)]);
  }
  await signedIn(world);
  if (subscriptionId === undefined) return doctor(world);
  if (world.settings.subscriptionIds.includes(subscriptionId)) return doctor(world, [subscriptionId]);
  throw new InputError(
    `--subscription is ${subscriptionId}; one of ${world.settings.subscriptionIds.join(', ')} is needed`,
  );
}

const noToken = ['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError'];

/** Without a token every check would be unknown for the same reason. Throws InputError. */
async function signedIn({ reader, settings }: World): Promise<void> {
  try {
    await reader.read({ kind: 'get', id: `/subscriptions/${settings.subscriptionIds[0] ?? ''}` });
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    if (!noToken.includes(error.code)) return;
    throw new InputError(`nobody is signed in who could read Azure (az login): ${error.message.split('\n')[0] ?? ''}`);
  }
}

function madeOf(worldOf: () => World): World | string {
  try {
    return worldOf();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
