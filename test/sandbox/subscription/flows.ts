import { createHash } from 'node:crypto';
import type { ListedBlob } from './blob-service';
import type { Cloud } from './cloud';
import { key, nameOf, resourceGroupOf, same, subscriptionOf, typeOf } from './ids';
import type { WireResource } from './wire';
import { fieldsOf, itemsOf, textOf } from './wire';

/** A time in which a log wrote to an account. Milliseconds since 1970; without an end it still does. */
interface Stretch {
  readonly accountId: string;
  readonly from: number;
  readonly until?: number;
}

/** What flow logs have written: worked out from when they were on, and from what is attached to their targets. */
export interface Flows {
  /** A log was there before: it has written since ever. */
  noteSeeded(log: WireResource): void;
  /** A log was written; the service takes up the account's key when a log is switched on. */
  noteWritten(log: WireResource, cloud: Cloud): void;
  noteRemoved(log: WireResource, cloud: Cloud): void;
  /** From now on nothing comes from the logs of an account, until each was off and on again. */
  rotateKeys(accountId: string, cloud: Cloud): void;
  /** Undefined: there is no such container yet. */
  blobsIn(cloud: Cloud, accountId: string, container: string): readonly ListedBlob[] | undefined;
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
/** derived: older blobs are not shown. */
const shownHours = 48;

export function createFlows(): Flows {
  const stretches = new Map<string, readonly Stretch[]>();
  const known = new Map<string, WireResource>();
  const ofLog = (log: WireResource): readonly Stretch[] => stretches.get(key(log.id)) ?? [];
  const end = (log: WireResource, at: number): readonly Stretch[] => ofLog(log).map((one) => ({ until: at, ...one }));
  const start = (log: WireResource, at: number): readonly Stretch[] =>
    isOn(log) ? [{ accountId: accountIdOf(log), from: at }] : [];

  return {
    noteSeeded(log) {
      known.set(key(log.id), log);
      stretches.set(key(log.id), start(log, 0));
    },
    noteWritten(log, cloud) {
      const now = cloud.settings.clock();
      const before = known.get(key(log.id));
      const goesOn = before !== undefined && isOn(before) && isOn(log) && same(accountIdOf(before), accountIdOf(log));
      known.set(key(log.id), log);
      if (!goesOn) stretches.set(key(log.id), [...end(log, now), ...start(log, now)]);
    },
    noteRemoved(log, cloud) {
      known.delete(key(log.id));
      stretches.set(key(log.id), end(log, cloud.settings.clock()));
    },
    rotateKeys(accountId, cloud) {
      for (const log of logsOf(cloud).filter((one) => same(accountIdOf(one), accountId))) {
        stretches.set(key(log.id), end(log, cloud.settings.clock()));
      }
    },
    blobsIn(cloud, accountId, container) {
      const writers = logsOf(cloud).filter((log) => containerOf(log) === container);
      const blobs = writers.flatMap((log) =>
        ofLog(log)
          .filter((one) => same(one.accountId, accountId))
          .flatMap((one) => blobsOf(log, one, cloud)),
      );
      return blobs.length === 0 ? undefined : blobs;
    },
  };
}

const logsOf = (cloud: Cloud): readonly WireResource[] =>
  cloud.store.sorted('Microsoft.Network/networkWatchers/flowLogs');
const isOn = (log: WireResource): boolean => log.properties?.['enabled'] === true;
const accountIdOf = (log: WireResource): string => textOf(log.properties?.['storageId']);
const targetOf = (log: WireResource): string => textOf(log.properties?.['targetResourceId']);

/** One blob per interface and hour, into which a block is written every minute (virtual network flow logs: overview). */
function blobsOf(log: WireResource, { from, until }: Stretch, cloud: Cloud): readonly ListedBlob[] {
  const end = until ?? cloud.settings.clock();
  const first = Math.max(Math.floor(from / hour), Math.floor(end / hour) - shownHours);
  const count = Math.floor(end / hour) - first + 1;
  const hours = Array.from({ length: count }, (_, index) => first + index);
  const addresses = interfacesLoggedBy(log, cloud).map((id) => macOf(id));
  return hours.flatMap((one) => {
    const written = Math.floor(Math.min(end, (one + 1) * hour) / minute) * minute;
    const lastModified = Math.floor(written / second) * second;
    if (lastModified < from) return [];
    return addresses.map((mac) => ({
      name: `${folderOf(log)}/${hourOf(one * hour)}/m=00/macAddress=${mac}/PT1H.json`,
      lastModified,
    }));
  });
}

/** Those in the target that no narrower log records. derived: a private endpoint's own interface records nothing. */
function interfacesLoggedBy(log: WireResource, cloud: Cloud): readonly string[] {
  const { relations, store } = cloud;
  const target = targetOf(log);
  const isLogged = (id: string): boolean =>
    relations.flowLogsOf(id).some((other) => isOnIn(other, cloud) && !same(other, log.id));
  const inSubnet = (id: string): readonly string[] =>
    relations.ipConfigurationsOf(id).map((configuration) => configuration.replace(/\/ipConfigurations\/[^/]+$/i, ''));
  const inside = {
    'microsoft.network/virtualnetworks': () =>
      itemsOf(fieldsOf(store.get(target), 'properties')['subnets'])
        .map((subnet) => textOf(subnet['id']))
        .filter((id) => !isLogged(id))
        .flatMap(inSubnet),
    'microsoft.network/virtualnetworks/subnets': () => inSubnet(target),
    'microsoft.network/networkinterfaces': () => [target],
    'microsoft.network/networksecuritygroups': () => [
      ...relations.interfacesOf(target),
      ...relations.subnetsOf(target).flatMap(inSubnet),
    ],
  }[key(typeOf(target))];
  const found = [...new Set((inside?.() ?? []).map(key))].filter((id) => same(id, target) || !isLogged(id));
  return found.filter((id) => fieldsOf(store.get(id), 'properties', 'privateEndpoint')['id'] === undefined);
}

const isOnIn = (id: string, cloud: Cloud): boolean => {
  const log = cloud.store.get(id);
  return log !== undefined && isOn(log);
};

const isOfGroup = (log: WireResource): boolean =>
  same(typeOf(targetOf(log)), 'Microsoft.Network/networkSecurityGroups');

const containerOf = (log: WireResource): string =>
  isOfGroup(log) ? 'insights-logs-networksecuritygroupflowevent' : 'insights-logs-flowlogflowevent';

/** In capitals, as Microsoft's script for reading flow logs has it and as listings of real containers show it. */
function folderOf(log: WireResource): string {
  if (isOfGroup(log)) return `resourceId=${targetOf(log).toUpperCase()}`;
  const group = `${subscriptionOf(log.id) ?? ''}_${resourceGroupOf(log.id) ?? ''}`;
  return `flowLogResourceID=/${group}/${log.id.split('/').at(-3) ?? ''}_${nameOf(log.id)}`.replace(/\/.*/, (path) =>
    path.toUpperCase(),
  );
}

function hourOf(time: number): string {
  const [year, month, day, hours] = new Date(time).toISOString().split(/[-T:]/);
  return `y=${year ?? ''}/m=${month ?? ''}/d=${day ?? ''}/h=${hours ?? ''}`;
}

const macOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 12).toUpperCase();
