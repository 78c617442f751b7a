import { parseArgs } from 'node:util';
import { InputError as FileError } from '../audit-cli/input';
import { InputError, SettingsError } from '../core/errors';
import type { World } from '../core/ports';
import { propose, type Proposed } from '../propose/propose';
import { proposeForFiles } from './files';
import { usage } from './usage';

export interface Console {
  /** YAML, with its line ends. */
  readonly print: (text: string) => void;
  readonly complain: (line: string) => void;
}

export interface Surroundings {
  /** Puts the app together and throws SettingsError. */
  readonly worldOf: () => World;
  /** As `2026-11-24`. */
  readonly today: string;
  readonly out: Console;
}

const codes: Readonly<Record<Proposed['state'], number>> = { proposed: 0, notFound: 2, right: 3, none: 3, unread: 4 };

/** Runs one command line and answers its exit code. */
export async function run(args: readonly string[], { worldOf, today, out }: Surroundings): Promise<number> {
  if (args.some((word) => word === '--help' || word === '-h')) {
    out.print(usage);
    return 0;
  }
  try {
    const asked = askedIn(args);
    const proposed = 'folder' in asked ? proposeForFiles(asked, today) : await forFinding(asked, worldOf());
    tell(proposed, out);
    return codes[proposed.state];
  } catch (error) {
    if (!isExpected(error)) throw error;
    out.complain(error.message);
    return 1;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof InputError || error instanceof FileError || error instanceof SettingsError || isSignIn(error);
}

/** Nobody is signed in who could read the app's storage. */
function isSignIn(error: unknown): boolean {
  return error instanceof Error && /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
}

function tell(proposed: Proposed, { print, complain }: Console): void {
  if (proposed.state !== 'proposed') {
    complain(onOneLine(proposed.reason));
    return;
  }
  for (const note of proposed.notes) complain(onOneLine(note));
  print(proposed.text);
}

/** Names of a cluster's objects may hold what moves the cursor of a terminal. */
const onOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

interface ForFinding {
  readonly finding: string;
  readonly subscription?: string | undefined;
}

export interface ForFiles {
  readonly folder: string;
  readonly object?: string | undefined;
  readonly version?: string | undefined;
}

const known = {
  subscription: { type: 'string' },
  manifests: { type: 'string' },
  'kubernetes-version': { type: 'string' },
} as const;

function askedIn(args: readonly string[]): ForFinding | ForFiles {
  const { values, positionals } = parsed(args);
  const { subscription, manifests: folder, 'kubernetes-version': version } = values;
  const [named, more] = positionals;
  if (more !== undefined) throw new InputError(`"${more}" is one argument too many (--help tells more)`);
  if (folder !== undefined) {
    if (subscription !== undefined) throw new InputError('--subscription is not taken with --manifests');
    return { folder, object: named, version };
  }
  if (version !== undefined) throw new InputError('--kubernetes-version is only taken with --manifests');
  if (named === undefined)
    throw new InputError('the id of a finding is needed, or --manifests with a folder (--help tells more)');
  return { finding: named, subscription: subscription?.toLowerCase() };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new InputError(`${message.split(/\. |\n/)[0]} (--help tells more)`);
  }
}

async function forFinding({ finding, subscription }: ForFinding, world: World): Promise<Proposed> {
  const kept = world.settings.subscriptionIds;
  if (subscription !== undefined && !kept.includes(subscription))
    throw new InputError(`--subscription is ${subscription}; one of ${kept.join(', ')} is needed`);
  return propose(world, finding, subscription === undefined ? kept : [subscription]);
}
