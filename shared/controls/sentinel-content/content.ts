import type { Inventory, Reading } from '../../core/inventory';
import { keyOf, nameOf, same, subscriptionScope, type Resource } from '../../core/resource';
import { findingsTable } from '../../core/tables';
import { withoutNulls } from '../../core/without-nulls';

export const types = {
  workspace: 'Microsoft.OperationalInsights/workspaces',
  solution: 'Microsoft.OperationsManagement/solutions',
  onboarding: 'Microsoft.SecurityInsights/onboardingStates',
  rule: 'Microsoft.SecurityInsights/alertRules',
  connector: 'Microsoft.SecurityInsights/dataConnectors',
  automation: 'Microsoft.SecurityInsights/automationRules',
  collection: 'Microsoft.Insights/dataCollectionRules',
} as const;

interface Solution {
  readonly workspaceResourceId?: string;
}

interface WithPlan {
  readonly plan?: { readonly product?: string };
}

/** Whether Microsoft Sentinel is on in a workspace: it is onboarded, or has the solution that did so before. */
export function hasSentinel(workspace: Resource, inventory: Inventory): Reading<boolean> {
  const state = inventory.get(`${workspace.id}/providers/${types.onboarding}/default`);
  const solutions = inventory.list<Solution>(types.solution, subscriptionScope(workspace.id));
  if (state.state === 'read' && state.value !== undefined) return { state: 'read', value: true };
  if (solutions.state === 'unread') return { state: 'unread', reason: `solutions: ${solutions.reason}` };
  if (withSolution(solutions.value).has(keyOf(workspace.id))) return { state: 'read', value: true };
  if (state.state === 'unread') return { state: 'unread', reason: `onboarding state: ${state.reason}` };
  return { state: 'read', value: false };
}

const found = new WeakMap<readonly Resource[], ReadonlySet<string>>();

/** Workspaces that have the solution, in lower case; worked out once for each list. */
function withSolution(solutions: readonly Resource<Solution>[]): ReadonlySet<string> {
  const known = found.get(solutions);
  if (known !== undefined) return known;
  const legacy = solutions.map((one) => withoutNulls(one)).filter(isSentinel);
  const ids = new Set(legacy.map(({ properties }) => keyOf(properties?.workspaceResourceId ?? '')));
  found.set(solutions, ids);
  return ids;
}

function isSentinel({ name, ...rest }: Resource): boolean {
  const { plan } = rest as WithPlan;
  return same(plan?.product, 'OMSGallery/SecurityInsights') || /^SecurityInsights\(/i.test(name);
}

/** An analytics rule. */
export interface Rule {
  readonly displayName?: string;
  readonly enabled?: boolean;
  /** In the Kusto query language; only rules that put one have it. */
  readonly query?: string;
  readonly lastModifiedUtc?: string;
}

interface Listed extends Rule {
  readonly triggeringLogic?: { readonly isEnabled?: boolean };
}

/** What is in Sentinel of a workspace. */
export interface Content {
  /** Analytics rules that somebody made, and those of them that are on. */
  readonly rules: readonly Resource<Rule>[];
  readonly rulesOn: readonly Resource<Rule>[];
  readonly connectors: number;
  readonly automationsOn: number;
}

/**
 * What lists of Sentinel show. Rules of Azure Monitor, saved searches and workbooks are no content of Sentinel, whatever
 * their category is, and are of other types.
 */
export function contentOf(workspace: Resource, inventory: Inventory): Reading<Content> {
  const lists = [types.rule, types.connector, types.automation].map((type) => ({
    type,
    reading: inventory.list<Listed>(type, workspace.id),
  }));
  const unread = lists.flatMap(({ type, reading }) =>
    reading.state === 'unread' ? [`${nameOf(type)}: ${reading.reason}`] : [],
  );
  if (unread.length > 0) return { state: 'unread', reason: unread.join('; ') };
  const [rules = [], connectors = [], automations = []] = lists.map(({ reading }) =>
    reading.state === 'read' ? reading.value.map((one) => withoutNulls(one)) : [],
  );
  const made = rules.filter((rule) => !isAutomatic(rule));
  return {
    state: 'read',
    value: {
      rules: made,
      rulesOn: made.filter(({ properties }) => properties?.enabled === true),
      connectors: connectors.length,
      automationsOn: automations.filter(({ properties }) => properties?.triggeringLogic?.isEnabled === true).length,
    },
  };
}

/** Fusion is there from the first day, and so is what Azure names so. */
function isAutomatic({ kind, name }: Resource): boolean {
  return same(kind, 'Fusion') || keyOf(name).startsWith('builtin');
}

interface Collection {
  readonly dataFlows?: readonly { readonly streams?: readonly string[]; readonly outputStream?: string }[];
  readonly destinations?: { readonly logAnalytics?: readonly { readonly workspaceResourceId?: string }[] };
}

/** Data collection rules that deliver to a workspace: some connectors are nothing else. */
export function collectionsTo(workspace: Resource, inventory: Inventory): Reading<readonly Resource<Collection>[]> {
  const rules = inventory.list<Collection>(types.collection, subscriptionScope(workspace.id));
  if (rules.state === 'unread') return { state: 'unread', reason: `data collection rules: ${rules.reason}` };
  const delivering = rules.value
    .map((one) => withoutNulls(one))
    .filter(({ properties }) =>
      (properties?.destinations?.logAnalytics ?? []).some((one) => same(one.workspaceResourceId, workspace.id)),
    );
  return { state: 'read', value: delivering };
}

/** It takes the rows that Steward itself sends. */
export function isForFindings({ properties }: Resource<Collection>): boolean {
  const stream = `Custom-${findingsTable.name}`;
  return (properties?.dataFlows ?? []).some(({ streams = [], outputStream }) =>
    [...streams, outputStream].some((one) => same(one, stream)),
  );
}
