import type { World } from '../core/ports';
import { nothingKnown } from '../pipeline/known';
import { conclude } from '../pipeline/observe';
import { on, type Check, type CheckState, type Context, type Examination } from './check';
import { events } from './events';
import { flowLogStorage } from './flow-log-storage';
import { ingestion } from './ingestion';
import { locks } from './locks';
import { policies } from './policies';
import { providers } from './providers';
import { roles } from './roles';
import { runtime, securityGroupLogs } from './runtime';
import { upkeep } from './upkeep';
import { networkWatchers } from './watchers';
import { findingTables, sentinel, workspaces } from './workspace';

export interface Report {
  /** Whether nothing is wrong and nothing is unknown. */
  readonly healthy: boolean;
  readonly summary: Readonly<Record<CheckState | 'warnings', number>>;
  readonly checks: readonly Check[];
}

const examinations: readonly Examination[] = [
  runtime,
  providers,
  roles,
  events,
  networkWatchers,
  flowLogStorage,
  policies,
  locks,
  ingestion,
  workspaces,
  findingTables,
  sentinel,
  securityGroupLogs,
];

/** What is wrong with the deployment, before anything fails. Reads alone; what Azure refuses is a check that is unknown. */
export async function doctor(world: World, subscriptionIds = world.settings.subscriptionIds): Promise<Report> {
  const { surroundings, controls } = world;
  const context: Context = { settings: { ...world.settings, subscriptionIds }, controls, surroundings };
  const since = world.now();
  const [read, kept] = await Promise.all([
    conclude(world, nothingKnown(since), (inventory) => examinations.flatMap((one) => one(inventory, context)), {
      notBefore: since,
    }),
    upkeep(world, subscriptionIds),
  ]);
  return reportOf([settingsOf(context), ...read.value, ...kept]);
}

/** What cannot be read at all stops the app before it comes here. */
function settingsOf({ settings: { remediateIn } }: Context): Check {
  if (!('unreadable' in remediateIn)) return settingsCheck.ok('each of them is there and understood');
  return settingsCheck.wrong(remediateIn.unreadable, 'correct it: until then nothing at all is written');
}

export const settingsCheck = on(
  { id: 'settings', title: 'The settings are right', wanted: 'every setting that is needed, each of them understood' },
  'settings',
);

export function reportOf(checks: readonly Check[]): Report {
  const count = (state: CheckState): number => checks.filter((check) => check.state === state).length;
  const warnings = checks.filter(isWarning).length;
  const summary = {
    ok: count('ok'),
    wrong: count('wrong'),
    unknown: count('unknown'),
    notApplicable: count('notApplicable'),
    warnings,
  };
  return { healthy: summary.wrong === 0 && summary.unknown === 0, summary, checks };
}

/** It is right now, and something has to be done soon. */
export function isWarning({ state, todo }: Check): boolean {
  return state === 'ok' && todo !== '';
}
