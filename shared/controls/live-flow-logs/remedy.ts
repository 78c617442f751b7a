import type { Action, Plan, Remedy } from '../../core/control';
import type { Inventory } from '../../core/inventory';
import type { Resource } from '../../core/resource';
import { inventoryWithoutNulls, withoutNulls } from '../../core/without-nulls';
import { lifecycleIdOf } from '../../flow-logging/blobs';
import type { Log } from '../../flow-logging/coverage';
import {
  keptBeside,
  keptBy,
  outer,
  rearmingNote,
  rearmingTag,
  writable,
  writeLifecycle,
  writeLog,
} from '../../flow-logging/log-body';
import { managedByCluster, regionLock } from '../../flow-logging/where';
import { judgedLog, type JudgedLog, type Known } from './judged';
import { titleOf, watchedFor } from './watched';

/**
 * Switches a silent log off and on again, after which Network Watcher takes up the account's key anew (virtual network flow logs:
 * considerations, storage account). While it is off it carries a tag: whatever happens in between, the next look finds it and
 * switches it on.
 */
export const rearming: Remedy = {
  does: [
    'Switches a silent flow log off and on again, the known cure after a key of its storage account was rotated; everything else about it stays.',
    `While it is off, the log carries the tag \`${rearmingTag}\`; should Steward be interrupted, its next look finds that tag and switches the log on.`,
    'Does so once for each silence: when the log stays silent after that, a person has to look.',
    'Touches no log that somebody else has switched off, and writes nothing for networks in the managed resource group of a cluster.',
  ],
  permissions: [writeLog],
  toPutBack: [writeLifecycle],
  keeps: keptBeside,
  plan: (subject, inventory, settings, past) =>
    planned(withoutNulls(subject), { inventory: inventoryWithoutNulls(inventory), settings, past }),
};

function planned(network: Resource, known: Known): Plan {
  const lock = regionLock(network);
  const watched = watchedFor(network, known.inventory);
  if (watched.state === 'unread') return { actions: [], blocked: [watched.reason], lock };
  const steps = watched.value.map((one) => stepsFor(judgedLog(one, known), known.inventory));
  return { actions: steps.flatMap(({ actions }) => actions), blocked: steps.flatMap(({ blocked }) => blocked), lock };
}

type Steps = Pick<Plan, 'actions' | 'blocked'>;

function stepsFor({ log, cure }: JudgedLog, inventory: Inventory): Steps {
  if (cure === undefined) return { actions: [], blocked: [] };
  if (cure === 'tried') return { actions: [], blocked: [triedAlready(log)] };
  const hindrance = hindranceTo(log, inventory);
  if (hindrance !== undefined) return { actions: [], blocked: [hindrance] };
  const off = switchedOff(log, inventory);
  return cure === 'finish'
    ? { actions: [switchedOn(log, log, inventory)], blocked: [] }
    : { actions: [off, switchedOn(log, marked(log, off), inventory)], blocked: [] };
}

function triedAlready(log: Log): string {
  return `switching ${titleOf(log)} off and on again has not helped: look at the firewall, the keys and the encryption key of its storage account, and whether what is attached is running`;
}

function hindranceTo(log: Log, inventory: Inventory): string | undefined {
  const managed = managedByCluster(log.properties?.targetResourceId ?? '', inventory);
  const rules = inventory.get(lifecycleIdOf(log.properties?.storageId ?? ''));
  if (managed !== undefined || rules.state === 'read') return managed;
  return `lifecycle rules of the account of ${titleOf(log)}: ${rules.reason}`;
}

function switchedOff(log: Log, inventory: Inventory): Action {
  const properties = { ...writable(log), enabled: false };
  const { tags = {}, ...rest } = outer(log);
  return {
    id: log.id,
    body: { ...rest, tags: { ...tags, [rearmingTag]: rearmingNote }, properties },
    before: log,
    half: 'first',
    keeps: keptBy(log, properties, inventory),
    permission: writeLog,
    summary: `switch ${titleOf(log)} off, which has gone silent, to switch it on again`,
  };
}

function switchedOn(log: Log, before: Log, inventory: Inventory): Action {
  const properties = { ...writable(log), enabled: true };
  return {
    id: log.id,
    body: { ...outer(log), properties },
    before,
    half: 'second',
    without: [`tags.${rearmingTag}`],
    keeps: keptBy(log, properties, inventory),
    permission: writeLog,
    summary: `switch ${titleOf(log)} on again`,
  };
}

/** The log as the first write leaves it. */
function marked(log: Log, { body }: Action): Log {
  const properties = { ...log.properties, enabled: false, provisioningState: 'Succeeded' };
  return { ...log, tags: body.tags ?? {}, properties };
}
