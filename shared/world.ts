import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultAzureCredential } from '@azure/identity';
import { accountIn } from './account';
import { activityLog } from './azure/activity-log';
import { atMost } from './azure/at-most';
import { armReader } from './azure/arm-reader';
import { blobReader } from './azure/blob-reader';
import { cachedReader } from './azure/cached-reader';
import { tagCanary } from './azure/canary';
import { kubernetesReader } from './azure/kubernetes-reader';
import { limitsPolicy } from './azure/limits-policy';
import { policyReader } from './azure/policy-reader';
import { sentinelTables } from './azure/sentinel';
import { armWriter } from './azure/writer';
import { controls } from './controls/index';
import type { Query } from './core/inventory';
import type { Journal, Reader, World } from './core/ports';
import { exemptionSources } from './exemption-sources';
import type { Surroundings } from './core/surroundings';
import type { Desk } from './http/respond';
import { readKinds } from './kubernetes/kinds';
import { inTurns } from './core/in-turns';
import { parseSettings, type AppSettings } from './settings';
import { breakerStore } from './store/breakers';
import { tableBudget } from './store/budget';
import { readExemptionsBlob } from './store/exemptions-blob';
import { findingStore } from './store/findings';
import { ledgerStore } from './store/ledger';
import { tableLocks } from './store/locks';
import { runStore } from './store/runs';
import { attempt, ownStorage } from './store/reach';
import { gapsKept, receipts } from './store/receipts';
import { scopeQueue } from './store/scope-queue';
import { sweepStore } from './store/sweeps';
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
  if (query.kind === 'blobs' || query.kind === 'objects') return minute;
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
  const stores = storesIn(account);
  const pause = async (ms: number): Promise<void> => sleep(ms);
  const arm = { ...settings.arm, credential, limits: limitsPolicy({ now, pause, block: stores.budget.block }) };
  const resources = policyReader(arm, now, armReader(arm, now));
  const inClusters = kubernetesReader(arm, { kinds: readKinds, now, pause }, resources);
  const azure = blobReader(credential, now, inClusters);
  const reader = cachedReader(inTurn(azure), { now, maxAge });
  const parts: Omit<World, 'journal'> = {
    settings,
    controls,
    now,
    reader,
    writer: armWriter(arm),
    ...stores,
    activityLog: activityLog(arm),
    canary: tagCanary(arm, settings.resourceGroupId),
    sentinel: sentinelTables({ ...settings.ingestion, credential }),
    surroundings: surroundingsIn(environment, settings, account),
    exemptions: exemptionSources({ file: () => readExemptionsBlob(account), reader, now, controls }),
    inTurn: inTurns(),
    pause,
  };
  return {
    settings,
    ownIds: settings.clientId === undefined ? [] : [settings.clientId],
    world: (journal) => ({ ...parts, journal }),
    desk: (journal) => ({ world: { ...parts, journal }, trustsPrincipals: signsCallersIn(environment) }),
  };
}

/** App Service tells an app its name (App Service: environment variables). */
function surroundingsIn(
  environment: Readonly<Record<string, string | undefined>>,
  { ingestion }: AppSettings,
  account: Account,
): Surroundings {
  return {
    nodeVersion: process.versions.node,
    site: environment['WEBSITE_SITE_NAME'],
    ingestion,
    storage: () => ownStorage(account),
    gaps: (subscriptionId) => gapsKept(account, subscriptionId),
    attempt,
  };
}

/** What Steward keeps in its own storage account. */
function storesIn(
  account: Account,
): Pick<World, 'locks' | 'budget' | 'findings' | 'sweeps' | 'ledger' | 'breakers' | 'queue' | 'runs' | 'receipts'> {
  return {
    locks: tableLocks(account, lock),
    budget: tableBudget(account),
    findings: findingStore(account),
    sweeps: sweepStore(account),
    ledger: ledgerStore(account),
    breakers: breakerStore(account),
    queue: scopeQueue(account),
    runs: runStore(account),
    receipts: receipts(account),
  };
}

/** Only then does App Service take the headers of its sign-in away from callers (App Service: environment variables). */
function signsCallersIn(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() === 'true';
}

/** The app's own storage, for tools that need nothing else of the app. Throws SettingsError. */
export function ownAccount(environment: Readonly<Record<string, string | undefined>> = process.env): Account {
  return accountIn(environment, new DefaultAzureCredential());
}

let shared: App | undefined;

/** The app of this instance, made at the first invocation: nothing may be thrown while the host loads the entry. */
export function app(): App {
  shared ??= createApp();
  return shared;
}
