import type { Inventory } from '../../core/inventory';
import { keyOf, nameOf, same, type Resource } from '../../core/resource';
import type { Verdict } from '../../core/verdict';
import { concluded, unread, wrong, type Remark } from './remarks';
import { types, type Table, type Workspace } from './types';

/** Tables that hold what containers write and what the control plane logs. */
const tables = ['ContainerLogV2', 'ContainerLog', 'AKSAudit', 'AKSAuditAdmin', 'AKSControlPlane', 'AzureDiagnostics'];

/** Azure's default for a workspace that does not say it. */
const defaultDays = 30;

/** The workspaces that get logs of a cluster. */
export interface Workspaces {
  readonly ids: readonly string[];
  /** What could not be read that may name others. */
  readonly unread: readonly Remark[];
}

/** Workspaces of the legacy tier «Unlimited» say so. */
const forEver = -1;

/** Each of them keeps logs for so many days, and so does each table that has a time of its own. */
export function retentionVerdict({ ids, unread: hidden }: Workspaces, days: number, inventory: Inventory): Verdict {
  const distinct = [...new Map(ids.map((id) => [keyOf(id), id])).values()];
  if (hidden.length === 0 && distinct.length === 0)
    return { state: 'notApplicable', reason: 'no workspace keeps logs of the cluster' };
  const looked = distinct.map((id) => lookedAt(id, days, inventory));
  if (hidden.length === 0 && looked.every((one) => one === undefined))
    return { state: 'notApplicable', reason: `there is no workspace ${distinct.map(nameOf).join(', ')}` };
  return concluded(
    [...looked.flatMap((remarks) => remarks ?? []), ...hidden],
    `${distinct.map(nameOf).join(', ')}: ${days} days at least`,
  );
}

/** Undefined for a workspace that does not exist. */
function lookedAt(id: string, days: number, inventory: Inventory): readonly Remark[] | undefined {
  const workspace = inventory.get<Workspace>(id);
  if (workspace.state === 'unread') return [unread(`workspace ${nameOf(id)}: ${workspace.reason}`)];
  if (workspace.value === undefined) return undefined;
  return [...remarksOnWorkspace(workspace.value, days), ...remarksOnTables(id, days, inventory)];
}

function remarksOnWorkspace({ name, properties }: Resource<Workspace>, days: number): readonly Remark[] {
  const kept = properties?.retentionInDays ?? defaultDays;
  if (typeof kept !== 'number') return [unread(`workspace ${name}: its retentionInDays cannot be understood`)];
  return kept >= days || kept === forEver
    ? []
    : [wrong('medium', `workspace ${name} keeps logs ${kept} days; ${wanted(days)}`)];
}

/** A table that is kept as long as its workspace says nothing of its own. */
function remarksOnTables(id: string, days: number, inventory: Inventory): readonly Remark[] {
  const list = inventory.list<Table>(types.table, id);
  if (list.state === 'unread') return [unread(`tables of workspace ${nameOf(id)}: ${list.reason}`)];
  return list.value.flatMap(({ name, properties = {} }) => {
    const kept = Math.max(...[properties.retentionInDays, properties.totalRetentionInDays].filter(isDays));
    if (!tables.some((one) => same(one, name)) || kept === -Infinity || kept >= days) return [];
    return [wrong('medium', `table ${name} of workspace ${nameOf(id)} keeps logs ${kept} days; ${wanted(days)}`)];
  });
}

/** -1 says that the workspace decides. */
function isDays(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function wanted(days: number): string {
  return `${days} are needed (LOG_RETENTION_DAYS)`;
}
