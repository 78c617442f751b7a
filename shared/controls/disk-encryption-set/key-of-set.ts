import type { Inventory, Reading } from '../../core/inventory';
import { nameOf, same, subscriptionOf, subscriptionScope, type Resource } from '../../core/resource';
import type { Problem } from '../../core/verdict';
import { types, type EncryptionSet, type Key, type Vault } from './types';

/** What is wrong with the key of a set or with its vault, and what could not be looked at. */
export interface Doubts {
  readonly problems: readonly Problem[];
  readonly unread: readonly string[];
}

const none: Doubts = { problems: [], unread: [] };
const wrong = (severity: Problem['severity'], reason: string): Doubts => ({
  ...none,
  problems: [{ severity, reason }],
});
const unread = (reason: string): Doubts => ({ ...none, unread: [reason] });

export function doubtsAboutKey(set: Resource<EncryptionSet>, inventory: Inventory): Doubts {
  const url = readKeyUrl(set.properties?.activeKey?.keyUrl);
  if (url === undefined) return unread('its activeKey.keyUrl is no address of a key in a Key Vault');
  if (!url.isVault) return unread(`its key lies in ${url.host}, a managed HSM, whose purge protection is not read`);
  const vault = vaultOf(set, url, inventory);
  if (vault.state === 'unread') return unread(`vault of its key: ${vault.reason}`);
  const found = vault.value;
  if (found === undefined)
    return wrong('high', `the vault of its key, ${url.host}, is gone: recover it, or the disks are lost`);
  const doubts = [doubtsAboutVault(found), doubtsAboutVersion(set, { ...url, vaultId: found.id }, inventory)];
  return { problems: doubts.flatMap(({ problems }) => problems), unread: doubts.flatMap((one) => one.unread) };
}

interface KeyUrl {
  readonly host: string;
  readonly isVault: boolean;
  readonly name: string;
  /** Absent: the set follows the newest. */
  readonly version: string | undefined;
}

/** `https://kv-disks.vault.azure.net/keys/disks/0123…`; the host ends otherwise in other clouds. */
function readKeyUrl(url: unknown): KeyUrl | undefined {
  const parts = /^https:\/\/([^/]+)\/keys\/([\w-]+)(?:\/([\w-]+))?\/?$/i.exec(typeof url === 'string' ? url : '');
  const [, host = '', name = '', version] = parts ?? [];
  return parts === null ? undefined : { host, isVault: !/\.managedhsm\./i.test(host), name, version };
}

/** By the id that the set names; a set that leaves it out names the vault by the address of the key alone. */
function vaultOf(
  set: Resource<EncryptionSet>,
  { host }: KeyUrl,
  inventory: Inventory,
): Reading<Resource<Vault> | undefined> {
  const id = set.properties?.activeKey?.sourceVault?.id;
  if (typeof id === 'string') {
    const vault = inventory.get<Vault>(id);
    const isElsewhere = vault.state === 'read' && vault.value === undefined && !isNear(id, set);
    return isElsewhere ? { state: 'unread', reason: `${nameOf(id)} lies in another subscription` } : vault;
  }
  const vaults = inventory.list<Vault>(types.vault, subscriptionScope(set.id));
  if (vaults.state === 'unread') return vaults;
  const vault = vaults.value.find(({ properties }) => same(hostOf(properties?.vaultUri), host));
  return vault === undefined
    ? { state: 'unread', reason: `${host} is none of this subscription` }
    : { state: 'read', value: vault };
}

function isNear(id: string, { id: other }: Resource): boolean {
  return subscriptionOf(id) === subscriptionOf(other);
}

function hostOf(url: string | undefined): string | undefined {
  return url?.replace(/^https:\/\//i, '').replace(/[:/].*$/, '');
}

/** Purge protection rests on soft delete, so that it is asked for first; soft delete is on where nothing is said. */
function doubtsAboutVault({ name, properties }: Resource<Vault>): Doubts {
  if (properties?.enableSoftDelete === false)
    return wrong('high', `vault ${name} of its key has no soft delete, so that the key can be lost at once`);
  if (properties?.enablePurgeProtection === true) return none;
  return wrong(
    'high',
    `vault ${name} of its key has no purge protection, so that key and data can be lost: set it, knowing that it cannot be taken back`,
  );
}

const day = 86_400_000;
/** Days before its end in which a key that is to be rotated should have been. */
const notice = 30;

function doubtsAboutVersion(
  { properties }: Resource<EncryptionSet>,
  { vaultId, name, version }: KeyUrl & { readonly vaultId: string },
  inventory: Inventory,
): Doubts {
  const id = `${vaultId}/keys/${name}`;
  const key = inventory.get<Key>(version === undefined ? id : `${id}/versions/${version}`);
  if (key.state === 'unread') return unread(`key ${name}: ${key.reason}`);
  if (key.value === undefined) return unread(`Azure shows no key ${name}; look in the vault whether it is there`);
  const { enabled, exp } = key.value.properties?.attributes ?? {};
  if (enabled === false) return wrong('high', `key ${name} is disabled: machines with its disks stop and do not start`);
  if (exp === undefined) return none;
  const at = new Date(Number(exp) * 1_000);
  if (Number.isNaN(at.getTime())) return unread(`key ${name} has an expiry that is no time`);
  return doubtsAboutEnd(name, at, { follows: properties?.rotationToLatestKeyVersionEnabled === true, inventory });
}

interface Use {
  /** The set takes each new version by itself. */
  readonly follows: boolean;
  readonly inventory: Inventory;
}

function doubtsAboutEnd(name: string, at: Date, { follows, inventory }: Use): Doubts {
  const left = (at.getTime() - Date.parse(inventory.now)) / day;
  const end = at.toISOString().slice(0, 10);
  if (left <= 0) return wrong('high', `key ${name} expired on ${end}: make a new version and let the set use it`);
  if (!follows)
    return wrong(
      'medium',
      `key ${name} expires on ${end} and the set does not follow new versions: set rotationToLatestKeyVersionEnabled`,
    );
  return left > notice
    ? none
    : wrong('medium', `key ${name} expires on ${end}, in less than ${notice} days, and has not been rotated`);
}
