import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import type { Resource } from '../core/resource';
import type { Problem, Verdict } from '../core/verdict';
import { collectionsTo, contentOf, hasSentinel, isForFindings, types, type Content } from './sentinel-content/content';

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
    'Whether the tables that rules read receive rows is not judged: it is asked of the workspace, not of Resource Manager.',
  ],
  severity: 'high',
  requirement: '17',
  subjects: [types.workspace],
  reads: [types.solution, types.onboarding, types.rule, types.connector, types.automation, types.collection],
  evaluate: (subject, inventory): Verdict => {
    const on = hasSentinel(subject, inventory);
    if (on.state === 'unread') return { state: 'unknown', reason: on.reason };
    return on.value ? used(subject, inventory) : switchedOff(subject, inventory);
  },
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
  const { connectors, rules, rulesOn, automationsOn } = content.value;
  if (rulesOn === 0) return violation({ severity: 'high', reason: withoutRules(content.value) });
  const counts = `${rulesOn} of ${rules} analytics rules on, ${connectors} data connectors, ${automationsOn} automation rules on`;
  if (connectors + automationsOn > 0) return { state: 'compliant', reason: counts };
  const collections = collectionsTo(workspace, inventory);
  if (collections.state === 'unread') return { state: 'unknown', reason: collections.reason };
  if (collections.value.length > 0)
    return { state: 'compliant', reason: `${counts}, ${collections.value.length} data collection rules deliver here` };
  const reason = `${counts}: connect what the rules look at, unless diagnostic settings do, and have incidents assigned by an automation rule`;
  return violation({ severity: 'low', reason });
}

function withoutRules({ connectors, rules, automationsOn }: Content): string {
  const found = rules === 0 ? 'nobody has made an analytics rule' : `none of its ${rules} analytics rules is on`;
  const rest = `${connectors} data connectors, ${automationsOn} automation rules on`;
  return `Microsoft Sentinel is on, and ${found} (${rest}): enable rules for what is connected, as those of Steward, or record the decision for another SIEM as an exemption`;
}

function violation(problem: Problem): Verdict {
  return { state: 'violation', problems: [problem] };
}
