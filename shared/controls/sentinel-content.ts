import type { Control } from '../core/control';
import type { Inventory, Reading } from '../core/inventory';
import type { Resource } from '../core/resource';
import type { Problem, Verdict } from '../core/verdict';
import { usageDays, usageType } from '../core/table-usage';
import { collectionsTo, contentOf, hasSentinel, isForFindings, types, type Content } from './sentinel-content/content';
import { isRule, ownRules } from './sentinel-content/own-rules';
import { makingRules } from './sentinel-content/remedy';
import { rowsFor, tableType, type Rows } from './sentinel-content/rows';

export const sentinelContent = {
  id: 'sentinel-content',
  title: 'Where Microsoft Sentinel is on, it is used',
  judges: [
    'Sentinel is on in a workspace that is onboarded, or that has the solution `SecurityInsights` of old.',
    'There is an enabled analytics rule besides Fusion and what else Azure adds by itself.',
    'Something is connected (a data connector, or a data collection rule that delivers to the workspace) or automated (an enabled automation rule); neither is advice only, for connectors that are diagnostic settings or policies are not listed.',
    'Query rules of Azure Monitor, saved searches and workbooks are not content of Sentinel, whatever their category is.',
    'A workspace that Steward sends its findings to has Sentinel on; any other workspace without it is not applicable.',
    'The decision for another SIEM is recorded as an exemption of this control on the workspace, with its owner, its reason and the day on which it is looked at again.',
    `Each table that an enabled query rule reads received rows within ${usageDays} days, as the workspace’s own table Usage tells; of a union one is enough. A rule that was changed within a day is not looked at yet. Tables of alerts and incidents are silent for good reasons, and Steward’s findings count as arriving where its hourly posture arrives.`,
    'A rule that reads through a function, from another workspace, or from everything is unknown: which tables it waits for cannot be told from its query.',
  ],
  severity: 'high',
  requirement: '17',
  subjects: [types.workspace],
  reads: [
    types.solution,
    types.onboarding,
    types.rule,
    types.connector,
    types.automation,
    types.collection,
    tableType,
    usageType,
  ],
  evaluate: (subject, inventory): Verdict => {
    const on = hasSentinel(subject, inventory);
    if (on.state === 'unread') return { state: 'unknown', reason: on.reason };
    return on.value ? used(subject, inventory) : switchedOff(subject, inventory);
  },
  remedy: makingRules,
} satisfies Control;

/** Findings that nobody looks at are no help. */
function switchedOff(workspace: Resource, inventory: Inventory): Verdict {
  const collections = collectionsTo(workspace, inventory);
  if (collections.state === 'unread') return { state: 'unknown', reason: collections.reason };
  const own = collections.value.find(isForFindings);
  if (own === undefined) return { state: 'notApplicable', reason: 'Microsoft Sentinel is not on in this workspace' };
  const reason = `${own.name} sends Steward’s findings here, and Microsoft Sentinel is not on: onboard the workspace, or record the decision for another SIEM as an exemption`;
  return violation({ severity: 'medium', reason });
}

function used(workspace: Resource, inventory: Inventory): Verdict {
  const content = contentOf(workspace, inventory);
  if (content.state === 'unread') return { state: 'unknown', reason: content.reason };
  const { rulesOn } = content.value;
  if (rulesOn.length === 0) return violation({ severity: 'high', reason: withoutRules(content.value) });
  const rows = rowsFor(workspace, rulesOn, inventory);
  const use = useOf(workspace, content.value, inventory);
  const problems = [
    ...(rows.state === 'read' ? rows.value.problems : []),
    ...(use.state === 'read' ? use.value.problems : []),
  ];
  if (problems.length > 0) return { state: 'violation', problems };
  if (use.state === 'unread') return { state: 'unknown', reason: use.reason };
  if (rows.state === 'unread') return { state: 'unknown', reason: `${use.value.counts}; ${rows.reason}` };
  return fed(rows.value, use.value.counts);
}

/** What is there besides rules. */
interface Use {
  /** As `1 of 2 analytics rules on, 1 data connectors, …`. */
  readonly counts: string;
  readonly problems: readonly Problem[];
}

function useOf(
  workspace: Resource,
  { connectors, rules, rulesOn, automationsOn }: Content,
  inventory: Inventory,
): Reading<Use> {
  const counts = `${rulesOn.length} of ${rules.length} analytics rules on, ${connectors} data connectors, ${automationsOn} automation rules on`;
  if (connectors + automationsOn > 0) return { state: 'read', value: { counts, problems: [] } };
  const collections = collectionsTo(workspace, inventory);
  if (collections.state === 'unread') return collections;
  const delivering = collections.value.length;
  if (delivering > 0)
    return {
      state: 'read',
      value: { counts: `${counts}, ${delivering} data collection rules deliver here`, problems: [] },
    };
  const reason = `${counts}: connect what the rules look at, unless diagnostic settings do, and have incidents assigned by an automation rule`;
  return { state: 'read', value: { counts, problems: [{ severity: 'low', reason }] } };
}

function fed({ unclear, looked, young }: Rows, counts: string): Verdict {
  if (unclear.length > 0) {
    const more = unclear.length > 3 ? ` and ${unclear.length - 3} more` : '';
    const reason = `${counts}; whether rows arrive for its rules cannot be told: ${unclear.slice(0, 3).join('; ')}${more}`;
    return { state: 'unknown', reason };
  }
  const parts = [
    ...(looked > 0 ? ['rows arrive in the tables that they read'] : []),
    ...(young > 0 ? [`${young} changed within a day: whether rows arrive for them is looked at after it`] : []),
  ];
  return { state: 'compliant', reason: [counts, ...parts].join('; ') };
}

function withoutRules({ connectors, rules, automationsOn }: Content): string {
  const found =
    rules.length === 0 ? 'nobody has made an analytics rule' : `none of its ${rules.length} analytics rules is on`;
  const rest = `${connectors} data connectors, ${automationsOn} automation rules on`;
  const ours = rules.filter((rule) => ownRules.some((own) => isRule(own, rule)));
  const toDo =
    ours.length > 0
      ? `enable the ${ours.length} of Steward, which are there and switched off, and rules for what is connected`
      : 'enable rules for what is connected, as those of Steward';
  return `Microsoft Sentinel is on, and ${found} (${rest}): ${toDo}, or record the decision for another SIEM as an exemption`;
}

function violation(problem: Problem): Verdict {
  return { state: 'violation', problems: [problem] };
}
