import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { clusterAround, judgedElsewhere } from '../core/node-group';
import { nameOf, regionOf, same, subscriptionOf, type Resource } from '../core/resource';
import type { Severity, Verdict } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import { listAt, objectAt, textAt } from '../policy/arm-json';
import type { Json } from '../policy/json';
import { ownRule } from '../policy/own-rule';
import clusters from './disk-encryption-set/clusters.policy.json';
import disks from './disk-encryption-set/disks.policy.json';
import { doubtsAboutKey } from './disk-encryption-set/key-of-set';
import { plainDisksOf } from './disk-encryption-set/machine-disks';
import machines from './disk-encryption-set/machines.policy.json';
import sets from './disk-encryption-set/sets.policy.json';
import { types, type Cluster, type Disk, type EncryptionSet } from './disk-encryption-set/types';

export const diskEncryptionSet = {
  id: 'disk-encryption-set',
  title: 'OS and data disks are encrypted with keys of one’s own that cannot be lost',
  judges: [
    'A cluster names a disk encryption set (`diskEncryptionSetID`) that exists. Where every OS disk is ephemeral, its absence is of low severity, not right. It can only be chosen when a cluster is created: the reason holds the plan.',
    'Every disk of a virtual machine or scale set names a disk encryption set. Nodes of a cluster are judged at the cluster.',
    'Every other managed disk, volumes of clusters included, has an encryption type with a customer-managed key. OS disks, and data disks of machines, are judged at their machine.',
    'A disk encryption set has an active key and an encryption type that uses it. The vault of its key has soft delete and purge protection; the key is enabled, has not expired, and where it will expire the set follows new versions and got one 30 days before.',
    'Keys are read through Resource Manager; one that it does not show, one in a managed HSM, and a vault in another subscription that cannot be seen are unknown.',
    'Not seen here: storage classes inside the cluster, and whether the identity of a set may use its key.',
  ],
  severity: 'high',
  requirement: '1',
  subjects: [types.cluster, types.machine, types.scaleSet, types.disk, types.set],
  reads: [types.vault, types.key, types.keyVersion, types.group],
  policies: [clusters, machines, disks, sets],
  evaluate: (subject, inventory): Verdict => {
    const judged = judges.find(([type]) => same(type, subject.type))?.[1];
    return judged?.(withoutNulls(subject), inventoryWithoutNulls(inventory)) ?? other;
  },
} satisfies Control;

type Judge = (subject: Resource, inventory: Inventory) => Verdict;

const other: Verdict = { state: 'notApplicable', reason: 'it has no disks' };

const judges: readonly (readonly [string, Judge])[] = [
  [types.cluster, (subject, inventory) => judgedCluster(subject as Resource<Cluster>, inventory)],
  [types.machine, (subject, inventory) => judgedMachine(subject, inventory)],
  [types.scaleSet, (subject, inventory) => judgedMachine(subject, inventory)],
  [types.disk, (subject, inventory) => judgedDisk(subject as Resource<Disk>, inventory)],
  [types.set, (subject, inventory) => judgedSet(subject as Resource<EncryptionSet>, inventory)],
];

const clusterRule = ownRule(clusters, { severity: 'medium' });
const machineRule = ownRule(machines, { severity: 'medium' });
const diskRule = ownRule(disks, {
  severity: 'medium',
  say: ({ properties }) =>
    `encryption.type is ${textAt(objectAt(properties as Json, 'encryption'), 'type') || 'missing'}; a customer-managed key is needed: ` +
    'detach the disk and give it a disk encryption set of its region; for volumes of a cluster name the set in the storage class, too',
});
const setRule = ownRule(sets, { severity: 'medium' });

function judgedCluster(cluster: Resource<Cluster>, inventory: Inventory): Verdict {
  const verdict = clusterRule(cluster, inventory);
  if (verdict.state === 'violation') return withoutSet(cluster);
  if (verdict.state !== 'compliant') return verdict;
  const id = cluster.properties?.diskEncryptionSetID;
  if (typeof id !== 'string') return { state: 'unknown', reason: 'diskEncryptionSetID is no id' };
  const set = inventory.get(id);
  const name = nameOf(id);
  if (set.state === 'unread') return { state: 'unknown', reason: `disk encryption set ${name}: ${set.reason}` };
  if (set.value !== undefined) return { state: 'compliant', reason: `encrypted by disk encryption set ${name}` };
  if (subscriptionOf(id) !== subscriptionOf(cluster.id))
    return { state: 'unknown', reason: `disk encryption set ${name} lies in another subscription and is not seen` };
  return wrong('high', `disk encryption set ${name} is named and does not exist, so that its disks cannot be read`);
}

function withoutSet(cluster: Resource<Cluster>): Verdict {
  const pools = listAt((cluster.properties ?? {}) as Json, 'agentPoolProfiles');
  const isEphemeral = pools.length > 0 && pools.every((pool) => same(textAt(pool, 'osDiskType'), 'Ephemeral'));
  const risk = isEphemeral ? ', every OS disk is ephemeral, which lowers the risk' : '';
  return wrong(
    isEphemeral ? 'low' : 'medium',
    `diskEncryptionSetID is missing, so that OS and data disks are encrypted with keys of the platform${risk}; ` +
      'a cluster takes a set only when it is created: make a key in a vault with purge protection, ' +
      `a disk encryption set in ${regionOf(cluster.location)} whose identity may wrap with the key, ` +
      'a new cluster and a storage class that name the set, move the workloads, delete this cluster last',
  );
}

function judgedMachine(machine: Resource, inventory: Inventory): Verdict {
  const elsewhere = judgedElsewhere(machine, inventory);
  if (elsewhere !== undefined) return elsewhere;
  // A tag that only AKS should set excuses nobody here, where the resource group tells.
  const verdict = machineRule({ ...machine, tags: {} }, inventory);
  if (verdict.state !== 'violation') return verdict;
  const plain = plainDisksOf(machine);
  const isEphemeral = plain.every((name) => name.endsWith('(ephemeral)'));
  const how = same(machine.type, types.scaleSet)
    ? 'name the set in the model and replace the instances'
    : 'deallocate the machine and give each disk the set';
  return wrong(isEphemeral ? 'low' : 'medium', `no disk encryption set encrypts ${plain.join(', ')}: ${how}`);
}

function judgedDisk(disk: Resource<Disk>, inventory: Inventory): Verdict {
  const owner = disk.managedBy ?? '';
  if (owner !== '') {
    const machine = /^.+?\/(?:virtualMachineScaleSets|virtualMachines)\/[^/]+/i.exec(owner)?.[0] ?? owner;
    if (disk.properties?.osType !== undefined) return ofMachine(`OS disk of ${nameOf(machine)}`);
    const isOfInstance = /\/virtualMachineScaleSets\//i.test(owner);
    const cluster = isOfInstance ? undefined : clusterAround(owner, inventory);
    if (cluster?.state === 'unread') return { state: 'unknown', reason: cluster.reason };
    if (cluster !== undefined && cluster.value === undefined) return ofMachine(`disk of ${nameOf(machine)}`);
  }
  return diskRule(disk, inventory);
}

function ofMachine(what: string): Verdict {
  return { state: 'notApplicable', reason: `it is the ${what} and judged there` };
}

function judgedSet(set: Resource<EncryptionSet>, inventory: Inventory): Verdict {
  const own = setRule(set, inventory);
  const doubts = doubtsAboutKey(set, inventory);
  const problems = [...(own.state === 'violation' ? own.problems : []), ...doubts.problems];
  if (problems.length > 0) return { state: 'violation', problems };
  if (own.state !== 'compliant') return own;
  if (doubts.unread.length > 0) return { state: 'unknown', reason: doubts.unread.join('; ') };
  return { state: 'compliant', reason: 'its key and the vault of the key are protected from loss' };
}

function wrong(severity: Severity, reason: string): Verdict {
  return { state: 'violation', problems: [{ severity, reason }] };
}
