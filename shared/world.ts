import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { atMost } from './azure/at-most';
import { armReader } from './azure/arm-reader';
import { cachedReader } from './azure/cached-reader';
import { limitsPolicy } from './azure/limits-policy';
import { policyReader } from './azure/policy-reader';
import { sentinelTable } from './azure/sentinel';
import { armWriter } from './azure/writer';
import { controls } from './controls/index';
import { SettingsError } from './core/errors';
import type { Query } from './core/inventory';
import type { Journal, Reader, World } from './core/ports';
import { exemptionSources } from './exemption-sources';
import { inTurns } from './in-turns';
import { parseSettings, type AppSettings } from './settings';
import { breakerStore } from './store/breakers';
import { tableBudget } from './store/budget';
import { readExemptionsBlob } from './store/exemptions-blob';
import { findingStore } from './store/findings';
import { ledgerStore } from './store/ledger';
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
  const budget = tableBudget(account);
  const pause = async (ms: number): Promise<void> => sleep(ms);
  const arm = { ...settings.arm, credential, limits: limitsPolicy({ now, pause, block: budget.block }) };
  const reader = cachedReader(inTurn(policyReader(arm, now, armReader(arm, now))), { now, maxAge });
  const controlIds = controls.map(({ id }) => id);
  const parts: Omit<World, 'journal'> = {
    settings,
    controls,
    now,
    reader,
    writer: armWriter(arm),
    locks: tableLocks(account, lock),
    budget,
    findings: findingStore(account),
    ledger: ledgerStore(account),
    breakers: breakerStore(account),
    queue: scopeQueue(account),
    runs: runStore(account),
    sentinel: sentinelTable({ ...settings.ingestion, credential }),
    exemptions: exemptionSources({ file: () => readExemptionsBlob(account), reader, now, controlIds }),
    inTurn: inTurns(),
    pause,
  };
  return {
    settings,
    ownIds: settings.clientId === undefined ? [] : [settings.clientId],
    world: (journal) => ({ ...parts, journal }),
  };
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
  const blobUrl =
    environment['AzureWebJobsStorage__blobServiceUri'] ?? (name && `https://${name}.blob.core.windows.net`);
  if (!tableUrl || !queueUrl || !blobUrl) {
    throw new SettingsError(
      'setting AzureWebJobsStorage__accountName is missing; the name of the app’s storage account is needed',
    );
  }
  return { tableUrl, queueUrl, blobUrl, credential };
}

let shared: App | undefined;

/** The app of this instance, made at the first invocation: nothing may be thrown while the host loads the entry. */
export function app(): App {
  shared ??= createApp();
  return shared;
}
