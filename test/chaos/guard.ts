import { types, type FlowLog, type LifecycleRule } from '../../shared/flow-logging/types';
import type { Action } from '../../shared/core/control';
import { differences } from '../../shared/core/compare';
import { keyOf, nameOf, parseId, same, type Resource } from '../../shared/core/resource';
import { stewardGroup } from '../given';
import { blobsOf, lifecycleId, rulesOf, type Azure } from './azure';
import { forgetRules, type Sim } from './sim';

/**
 * Azure has no condition for these writes: what somebody wrote less than this before ours was sent, cannot be known.
 * Milliseconds.
 */
export const unavoidable = 5_000;

/** Looks at a write of ours at the moment at which Azure gets it. */
export function inspect(sim: Sim, action: Action, sentAt: number): void {
  if (!sim.schedule.remediate) sim.report('no write without consent', action.summary);
  switch (keyOf(parseId(action.id).type)) {
    case keyOf(types.flowLog):
      return inspectLog(sim, action, sentAt);
    case keyOf(types.lifecycle):
      return inspectRules(sim, action, sentAt);
    case keyOf(types.account):
      if (!isOwnAccount(action.id)) sim.report('only what was allowed', `writes account ${nameOf(action.id)}`);
      return;
    case keyOf(types.watcher):
      if (!keyOf(action.id).startsWith(keyOf(stewardGroup)))
        sim.report('only what was allowed', `writes watcher ${nameOf(action.id)}`);
      return;
    default:
      sim.report('only what was allowed', `writes ${action.id}`);
  }
}

export function isOwnAccount(id: string): boolean {
  return keyOf(id).startsWith(keyOf(`${stewardGroup}/providers/Microsoft.Storage/storageAccounts/stflow`));
}

function inspectLog(sim: Sim, action: Action, sentAt: number): void {
  const after = (action.body.properties ?? {}) as FlowLog;
  if (/\/resourceGroups\/MC_/i.test(after.targetResourceId ?? ''))
    sim.report('only what was allowed', `writes the log of ${after.targetResourceId ?? ''}, which AKS manages`);
  if (after.enabled !== true) sim.report('only what was allowed', `writes ${nameOf(action.id)} switched off`);
  const log = sim.azure.get<FlowLog>(action.id);
  const touchedAt = sim.azure.touched.get(keyOf(action.id)) ?? 0;
  if (log === undefined || touchedAt > sentAt - unavoidable) return;
  const before = log.properties ?? {};
  const lost = [
    ...differences(log.tags ?? {}, action.body.tags ?? {}).map(({ path }) => `tag ${path}`),
    ...(same(before.targetResourceId, after.targetResourceId) ? [] : ['target']),
    ...lostAnalytics(sim.azure, before, after),
  ];
  if (lost.length > 0) sim.report('what owners chose stays', `${log.name} loses ${lost.join(', ')}: ${action.summary}`);
  const [was, is] = same(before.storageId, after.storageId)
    ? [before, after].map((one) => daysKept(sim.azure, log, one, 'of people'))
    : [leastAfterMove(before), daysOfMoved(sim, after)];
  if ((is ?? 0) < (was ?? 0))
    sim.report('retention never shortened', `${log.name}: kept ${was ?? 0} days, then ${is ?? 0}: ${action.summary}`);
}

/** What a log that moves has to be kept for: its owner's own choice, where there is one (docs/decisions/0004). */
function leastAfterMove({ retentionPolicy }: FlowLog): number {
  const { enabled, days = 0 } = retentionPolicy ?? {};
  return enabled === true && days > 0 ? days : 0;
}

/** By the log itself and by Steward's rule; other rules are their owners' business, and told. */
function daysOfMoved(sim: Sim, after: FlowLog): number {
  const own = leastAfterMove(after);
  const rules = rulesOf(sim.azure, lifecycleId(after.storageId ?? '')).filter(
    ({ name }) => name === 'steward-flow-logs',
  );
  return Math.min(own === 0 ? Infinity : own, ...rules.filter(({ enabled }) => enabled !== false).map(daysOf));
}

function lostAnalytics(azure: Azure, before: FlowLog, after: FlowLog): readonly string[] {
  const was = before.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  const is = after.flowAnalyticsConfiguration?.networkWatcherFlowAnalyticsConfiguration;
  if (was?.enabled !== true || azure.get(was.workspaceResourceId ?? '') === undefined) return [];
  return [
    ...(same(was.workspaceResourceId, is?.workspaceResourceId) ? [] : ['workspace']),
    ...(was.trafficAnalyticsInterval === 60 && is?.trafficAnalyticsInterval !== 60 ? ['interval of 60 minutes'] : []),
  ];
}

/** What Azure makes of a log's own policy is a rule of its account, too. */
export type Rules = 'all' | 'of people';

/** The shorter of the log's own policy and the rules of its account. */
export function daysKept(azure: Azure, log: Resource<FlowLog>, properties: FlowLog, count: Rules): number {
  const { enabled, days = 0 } = properties.retentionPolicy ?? {};
  const own = enabled === true && days > 0 ? days : Infinity;
  const rules = rulesOf(azure, lifecycleId(properties.storageId ?? '')).filter(
    ({ name = '' }) => count === 'all' || !name.startsWith('flowlog-'),
  );
  return Math.min(own, ...rules.filter((rule) => deletes(rule, blobsOf(log))).map(daysOf));
}

export function daysOf({ definition }: LifecycleRule): number {
  return Math.min(...Object.values(definition?.actions?.baseBlob?.delete ?? {}));
}

export function deletes({ enabled, definition }: LifecycleRule, blobs: string): boolean {
  const prefixes = definition?.filters?.prefixMatch ?? [];
  const selects = prefixes.length === 0 || prefixes.some((prefix) => blobs.startsWith(prefix));
  return enabled !== false && definition?.actions?.baseBlob?.delete !== undefined && selects;
}

/** Only rules of our own account are ours; elsewhere what was there may be put back. */
function inspectRules(sim: Sim, action: Action, sentAt: number): void {
  const accountId = parseId(action.id).parent ?? '';
  const body = action.body.properties?.['policy'] as { readonly rules?: readonly LifecycleRule[] } | undefined;
  const names = new Set((body?.rules ?? []).map(({ name }) => name));
  const foreign = sim.azure.get(action.id) === undefined ? [] : rulesOf(sim.azure, action.id);
  const lost = foreign.filter(({ name }) => !names.has(name)).map(({ name = '' }) => name);
  forgetRules(sim, accountId, sentAt - unavoidable);
  if (lost.length > 0) sim.note('azure', `a write of ours drops the rules ${lost.join(', ')} of ${nameOf(accountId)}`);
  const ours = names.has('steward-flow-logs');
  if (ours && !isOwnAccount(accountId))
    sim.report('only what was allowed', `writes a rule into ${nameOf(accountId)}, which belongs to somebody else`);
}
