import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { atMost } from './azure/at-most';
import { armReader } from './azure/arm-reader';
import { cachedReader } from './azure/cached-reader';
import { policyReader } from './azure/policy-reader';
import { sentinelTable } from './azure/sentinel';
import { armWriter } from './azure/writer';
import { controls } from './controls/index';
import { SettingsError } from './core/errors';
import type { Query } from './core/inventory';
import type { Journal, Reader, World } from './core/ports';
import type { Desk } from './http/respond';
import { inTurns } from './in-turns';
import { parseSettings, type AppSettings } from './settings';
import { findingStore } from './store/findings';
import { tableLocks } from './store/locks';
import { runStore } from './store/runs';
import { scopeQueue } from './store/scope-queue';
import type { Account } from './store/tables';

export interface App {
  readonly settings: AppSettings;
  /** Ids by which events of our own writes are recognised. */
  readonly ownIds: readonly string[];
  /** The world, with the journal of one invocation. */
  readonly world: (journal: Journal) => World;
  /** What an HTTP request is answered with. */
  readonly desk: (journal: Journal) => Desk;
}

/** An instance asks so much at the same time; the definitions of a large initiative would be hundreds at once. */
const questionsAtOnce = 32;

function inTurn({ read }: Pick<Reader, 'read'>): Pick<Reader, 'read'> {
  const limit = atMost(questionsAtOnce);
  return { read: (query) => limit(() => read(query)) };
}

const [minute, hour] = [60_000, 3_600_000];

/** Surroundings may be a minute old; what changes by releases and reviews, longer. */
function maxAge(query: Query): number {
  if (query.kind === 'provider') return 12 * hour;
  const type = query.kind === 'list' ? query.type : query.id;
  if (/\/policy(Set)?Definitions\//i.test(type)) return hour;
  return /policyStates$/i.test(type) ? 10 * minute : minute;
}

const lock = { lease: 120_000, patience: 120_000 };

/** Puts the app together. The only reader of the environment. Throws SettingsError. */
export function createApp(environment: Readonly<Record<string, string | undefined>> = process.env): App {
  const settings = parseSettings(
    environment,
    controls.map(({ id }) => id),
  );
  const credential = new DefaultAzureCredential(
    settings.clientId === undefined ? {} : { managedIdentityClientId: settings.clientId },
  );
  const account = accountIn(environment, credential);
  const now = (): string => new Date().toISOString();
  const arm = { ...settings.arm, credential };
  const parts: Omit<World, 'journal'> = {
    settings,
    controls,
    now,
    reader: cachedReader(inTurn(policyReader(arm, now, armReader(arm, now))), { now, maxAge }),
    writer: armWriter(arm),
    locks: tableLocks(account, lock),
    findings: findingStore(account),
    queue: scopeQueue(account),
    runs: runStore(account),
    sentinel: sentinelTable({ ...settings.ingestion, credential }),
    inTurn: inTurns(),
  };
  return {
    settings,
    ownIds: settings.clientId === undefined ? [] : [settings.clientId],
    world: (journal) => ({ ...parts, journal }),
    desk: (journal) => ({ world: { ...parts, journal }, trustsPrincipals: signsCallersIn(environment) }),
  };
}

/** Only then does App Service take the headers of its sign-in away from callers (App Service: environment variables). */
function signsCallersIn(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true';
}

/** The host's own storage account, in the same forms in which the host takes it. */
function accountIn(environment: Readonly<Record<string, string | undefined>>, credential: TokenCredential): Account {
  const connectionString = environment['AzureWebJobsStorage'];
  if (connectionString !== undefined && connectionString !== '') return { connectionString };
  const name = environment['AzureWebJobsStorage__accountName'];
  const tableUrl =
    environment['AzureWebJobsStorage__tableServiceUri'] ?? (name && `https://${name}.table.core.windows.net`);
  const queueUrl =
    environment['AzureWebJobsStorage__queueServiceUri'] ?? (name && `https://${name}.queue.core.windows.net`);
  if (!tableUrl || !queueUrl) {
    throw new SettingsError(
      'setting AzureWebJobsStorage__accountName is missing; the name of the app’s storage account is needed',
    );
  }
  return { tableUrl, queueUrl, credential };
}

let shared: App | undefined;

/** The app of this instance, made at the first invocation: nothing may be thrown while the host loads the entry. */
export function app(): App {
  shared ??= createApp();
  return shared;
}
