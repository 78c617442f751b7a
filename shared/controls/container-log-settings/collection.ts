import type { Inventory } from '../../core/inventory';
import { nameOf, same } from '../../core/resource';
import type { Verdict } from '../../core/verdict';
import type { Agent } from './agent';
import { logStreamsOf, workspacesOf, type FollowedRule, type FollowedRules } from './collection-rules';
import { absenceOf, concluded, wrong, type Remark } from './remarks';
import { textOf, textsIn, type Extension } from './types';

/** A data collection rule says what the agent collects, how often, from where, and who gets it. */
export function collectionVerdict(agent: Agent | undefined, followed: FollowedRules, inventory: Inventory): Verdict {
  if (agent === undefined) return { state: 'notApplicable', reason: 'nothing collects what containers write' };
  if (agent.byKey) return concluded([wrong('medium', byKey)], '');
  const { rules, remarks } = followed;
  if (rules.length === 0) return concluded(remarks.length > 0 ? remarks : [wrong('medium', noRule)], '');
  const all = [...remarks, ...rules.flatMap((one) => remarksOn(one, inventory)), ...uncollected(rules)];
  return concluded(all, rules.map(describe).join('; '));
}

const byKey =
  'the monitoring add-on signs in with the key of its workspace (useAADAuth is not true), which Azure retires on 2026-09-30, and follows no data collection rule: enable it again with a managed identity';
const noRule =
  'no data collection rule for container logs is associated with the cluster, so nothing tells the agent what to collect: associate one';

function uncollected(rules: readonly FollowedRule[]): readonly Remark[] {
  if (rules.some(({ extensions }) => extensions.flatMap(logStreamsOf).length > 0)) return [];
  const names = rules.map(({ rule }) => rule.name).join(', ');
  return [wrong('high', `${names} does not collect what containers write: add the stream Microsoft-ContainerLogV2`)];
}

function remarksOn(followed: FollowedRule, inventory: Inventory): readonly Remark[] {
  const { name } = followed.rule;
  const targets = workspacesOf(followed);
  const collects = followed.extensions.flatMap(logStreamsOf).length > 0;
  return [
    ...(collects && targets.length === 0
      ? [wrong('high', `${name} sends what containers write to no workspace: add a data flow for its streams`)]
      : []),
    ...targets.flatMap((id) => absenceOf(id, `${name} sends to workspace`, inventory) ?? []),
    ...followed.extensions.flatMap((extension) => remarksOnExtension(name, extension)),
  ];
}

function remarksOnExtension(name: string, extension: Extension): readonly Remark[] {
  const { interval, mode, namespaces, logV2 } = settingsOf(extension);
  const remarks: Remark[] = [];
  if (!/^([1-9]|[12]\d|30)m$/.test(interval))
    remarks.push(wrong('low', `${name} has the interval "${interval}", which the agent ignores: use 1m to 30m`));
  if (!modes.some((one) => same(one, mode)))
    remarks.push(wrong('low', `${name} filters namespaces by "${mode}": use Off, Include or Exclude`));
  if (same(mode, 'Include') && namespaces.length === 0)
    remarks.push(wrong('medium', `${name} includes no namespace, so it collects from none: name them, or use Off`));
  if (same(String(logV2), 'false'))
    remarks.push(wrong('low', `${name} fills the deprecated table ContainerLog: set enableContainerLogV2 to true`));
  return remarks;
}

const modes = ['Off', 'Include', 'Exclude'];

interface CollectionSettings {
  readonly interval: string;
  readonly mode: string;
  readonly namespaces: readonly string[];
  readonly logV2: unknown;
}

/** What is not said has the agent's default: every minute, from all namespaces. */
function settingsOf({ extensionSettings }: Extension): CollectionSettings {
  const settings = extensionSettings?.dataCollectionSettings ?? {};
  const { interval = '1m', namespaceFilteringMode: mode = 'Off', namespaces, enableContainerLogV2 } = settings;
  return {
    interval: textOf(interval),
    mode: textOf(mode),
    namespaces: textsIn(namespaces),
    logV2: enableContainerLogV2,
  };
}

function describe({ rule, extensions }: FollowedRule): string {
  const parts = extensions.map((extension) => {
    const { interval, mode, namespaces } = settingsOf(extension);
    const where = same(mode, 'Off') ? 'all namespaces' : `${mode.toLowerCase()} ${namespaces.join(', ')}`;
    return `every ${interval}, ${where}`;
  });
  const targets = workspacesOf({ rule, extensions }).map(nameOf).join(', ');
  return `${rule.name}: ${parts.join('; ')}${targets === '' ? '' : `, to ${targets}`}`;
}
