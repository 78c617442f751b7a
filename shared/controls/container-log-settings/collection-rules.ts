import type { Inventory } from '../../core/inventory';
import { nameOf, same, type Resource } from '../../core/resource';
import { unread, wrong, type Remark } from './remarks';
import { objectsIn, textOf, textsIn, types, type Association, type Extension, type Rule } from './types';

/** A data collection rule that the agent of the cluster follows. */
export interface FollowedRule {
  readonly rule: Resource<Rule>;
  readonly extensions: readonly Extension[];
}

export interface FollowedRules {
  readonly rules: readonly FollowedRule[];
  /** What is wrong with associations, and what could not be read. */
  readonly remarks: readonly Remark[];
}

/** The rules for container logs that are associated with the cluster; those for metrics are others. */
export function followedRules(clusterId: string, inventory: Inventory): FollowedRules {
  const associations = inventory.list<Association>(types.association, clusterId);
  if (associations.state === 'unread')
    return { rules: [], remarks: [unread(`data collection rules of the cluster: ${associations.reason}`)] };
  const parts = associations.value.map((association) => followedBy(association, inventory));
  return {
    rules: parts.flatMap(({ rule }) => rule ?? []),
    remarks: parts.flatMap(({ remark }) => remark ?? []),
  };
}

/** An association may name an endpoint alone, which is no rule. */
function followedBy(
  { name, properties }: Resource<Association>,
  inventory: Inventory,
): { readonly rule?: FollowedRule; readonly remark?: Remark } {
  const id = textOf(properties?.dataCollectionRuleId);
  if (id === '') return {};
  const rule = inventory.get<Rule>(id);
  if (rule.state === 'unread') return { remark: unread(`data collection rule ${nameOf(id)}: ${rule.reason}`) };
  if (rule.value === undefined)
    return { remark: wrong('medium', `association ${name} names data collection rule ${nameOf(id)}, which is gone`) };
  const extensions = objectsIn<Extension>(rule.value.properties?.dataSources?.extensions).filter(({ extensionName }) =>
    same(textOf(extensionName), 'ContainerInsights'),
  );
  return extensions.length === 0 ? {} : { rule: { rule: rule.value, extensions } };
}

/** Streams that hold what containers write to stdout and stderr. */
export function logStreamsOf({ streams }: Extension): readonly string[] {
  return textsIn(streams).filter((stream) => logStreams.some((one) => same(one, stream)));
}

const group = 'Microsoft-ContainerInsights-Group-Default';
const logStreams = ['Microsoft-ContainerLogV2', 'Microsoft-ContainerLogV2-HighScale', 'Microsoft-ContainerLog', group];

/** The group of all streams stands for each of them. */
function carries(stream: string, wanted: string): boolean {
  return same(stream, wanted) || (same(stream, group) && logStreams.some((one) => same(one, wanted)));
}

/** Ids of the workspaces that a rule sends what containers write to. */
export function workspacesOf({ rule, extensions }: FollowedRule): readonly string[] {
  const wanted = extensions.flatMap(logStreamsOf);
  const flows = objectsIn<{ readonly streams?: unknown; readonly destinations?: unknown }>(rule.properties?.dataFlows);
  const names = flows
    .filter(({ streams }) => textsIn(streams).some((stream) => wanted.some((one) => carries(stream, one))))
    .flatMap(({ destinations }) => textsIn(destinations));
  return objectsIn<{ readonly name?: unknown; readonly workspaceResourceId?: unknown }>(
    rule.properties?.destinations?.logAnalytics,
  )
    .filter(({ name }) => names.some((one) => same(one, textOf(name))))
    .map(({ workspaceResourceId }) => textOf(workspaceResourceId))
    .filter((id) => id !== '');
}
