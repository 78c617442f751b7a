import type { Inventory, Reading } from '../../core/inventory';
import { nameOf, same, type Resource } from '../../core/resource';
import type { Verdict } from '../../core/verdict';
import { absenceOf, concluded, unread, wrong, type Remark } from './remarks';
import { objectsIn, textOf, types, type DiagnosticSetting, type ManagedCluster } from './types';

type Setting = Resource<DiagnosticSetting>;
export type DiagnosticSettings = Reading<readonly Setting[]>;

/** Where the control plane sends its logs. */
export function settingsOf(clusterId: string, inventory: Inventory): DiagnosticSettings {
  return inventory.list<DiagnosticSetting>(types.diagnosticSetting, clusterId);
}

/** What the groups of categories contain that is judged here (Azure Monitor: category groups of AKS). */
const groups: Readonly<Record<string, readonly string[]>> = {
  alllogs: ['kube-audit', 'kube-audit-admin', 'guard'],
  audit: ['kube-audit', 'kube-audit-admin', 'guard'],
};

function sends({ properties }: Setting, category: string): boolean {
  const logs = objectsIn<{ readonly category?: unknown; readonly categoryGroup?: unknown; readonly enabled?: unknown }>(
    properties?.logs,
  );
  return logs.some(({ category: one, categoryGroup, enabled }) => {
    const group = groups[textOf(categoryGroup).toLowerCase()] ?? [];
    return enabled === true && (same(textOf(one), category) || group.includes(category));
  });
}

/** Exactly one of the two audit logs is kept: kube-audit contains all of kube-audit-admin. */
export function auditVerdict(settings: DiagnosticSettings, inventory: Inventory): Verdict {
  if (settings.state === 'unread') return concluded([unread(`diagnostic settings: ${settings.reason}`)], '');
  const kept = ['kube-audit-admin', 'kube-audit'].map((category) => keptOf(category, settings.value, inventory));
  const on = kept.filter(({ senders }) => senders.length > 0);
  if (on.length === 0) return concluded([wrong('high', noAudit)], '');
  const twice = on.length > 1 ? [wrong('low', both(on))] : [];
  return concluded([...twice, ...on.flatMap(({ remarks }) => remarks)], on.map(describe).join('; '));
}

const noAudit =
  'nothing keeps the audit log of the Kubernetes API: send kube-audit-admin to a workspace with a diagnostic setting';
function both(on: readonly Kept[]): string {
  const senders = [...new Set(on.flatMap(({ senders }) => senders.map(({ name }) => name)))].join(', ');
  return `kube-audit-admin is a part of kube-audit, and both are sent (by ${senders}), which costs twice: send one of them; the category groups audit and allLogs contain both`;
}

/** Who signed in to the cluster is kept, where people sign in with Entra ID. */
export function guardVerdict(cluster: Resource, settings: DiagnosticSettings, inventory: Inventory): Verdict {
  if ((cluster.properties as ManagedCluster | undefined)?.aadProfile === undefined)
    return { state: 'notApplicable', reason: 'nobody signs in with Entra ID, so there is no guard that logs it' };
  if (settings.state === 'unread') return concluded([unread(`diagnostic settings: ${settings.reason}`)], '');
  const kept = keptOf('guard', settings.value, inventory);
  if (kept.senders.length > 0) return concluded(kept.remarks, describe(kept));
  const reason = 'nothing keeps the log of sign-ins (guard): send it to a workspace with a diagnostic setting';
  return concluded([wrong('medium', reason)], '');
}

interface Kept {
  readonly category: string;
  readonly senders: readonly Setting[];
  /** Why none of them keeps it. */
  readonly remarks: readonly Remark[];
}

/** It is kept when one of the settings that send it sends it to something that is there. */
function keptOf(category: string, settings: readonly Setting[], inventory: Inventory): Kept {
  const senders = settings.filter((setting) => sends(setting, category));
  const complaints = senders.map((setting) => complaintsAbout(setting, category, inventory));
  return { category, senders, remarks: complaints.some((one) => one.length === 0) ? [] : complaints.flat() };
}

function complaintsAbout(setting: Setting, category: string, inventory: Inventory): readonly Remark[] {
  const { workspaceId, storageAccountId, eventHubAuthorizationRuleId, marketplacePartnerId } = setting.properties ?? {};
  const who = `${setting.name} sends ${category} to`;
  const [workspace, account] = [textOf(workspaceId), textOf(storageAccountId)];
  const looked = [
    ...(workspace === '' ? [] : [absenceOf(workspace, `${who} workspace`, inventory)]),
    ...(account === '' ? [] : [absenceOf(account, `${who} storage account`, inventory)]),
  ];
  const absences = looked.filter((remark) => remark !== undefined);
  if (absences.length < looked.length) return [];
  const elsewhere = [eventHubAuthorizationRuleId, marketplacePartnerId].some((id) => textOf(id) !== '');
  if (elsewhere) return [unread(`${who} an event hub or a partner, and whether it is kept there cannot be seen`)];
  return absences.length > 0 ? absences : [wrong('high', `${who} nothing`)];
}

function describe({ category, senders }: Kept): string {
  const targets = senders.flatMap(({ properties }) =>
    [properties?.workspaceId, properties?.storageAccountId].map(textOf).filter((id) => id !== ''),
  );
  return `${category} goes to ${targets.map(nameOf).join(', ')}`;
}

/** Workspaces that get a log of the control plane that is judged here. */
export function workspacesOfSettings(settings: DiagnosticSettings): readonly string[] {
  if (settings.state === 'unread') return [];
  return settings.value
    .filter((setting) => ['kube-audit', 'kube-audit-admin', 'guard'].some((category) => sends(setting, category)))
    .map(({ properties }) => textOf(properties?.workspaceId))
    .filter((id) => id !== '');
}
