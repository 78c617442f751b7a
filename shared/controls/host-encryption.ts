import type { Control } from '../core/control';
import type { Inventory } from '../core/inventory';
import { judgedElsewhere } from '../core/node-group';
import { same, type Json, type Resource } from '../core/resource';
import type { Aspect, Verdict } from '../core/verdict';
import { inventoryWithoutNulls, withoutNulls } from '../core/without-nulls';
import { ownRule } from '../policy/own-rule';
import machines from './host-encryption/machines.policy.json';
import pools from './host-encryption/pools.policy.json';
import { poolsIn, readPool, type PoolJson } from './host-encryption/pool';
import { replacementOf } from './host-encryption/replacement';
import { supportOf } from './host-encryption/support';
import { types, type Cluster, type Machine } from './host-encryption/types';

export const hostEncryption = {
  id: 'host-encryption',
  title: 'Caches, temporary disks and ephemeral disks of every agent pool are encrypted on the host',
  judges: [
    'Every agent pool of a cluster has `enableEncryptionAtHost`, each with a finding of its own; a pool that does not tell has it off.',
    'A virtual machine or scale set that is no node of a cluster has `securityProfile.encryptionAtHost`; without it that is of low severity.',
    'The reason says whether the VM size (`EncryptionAtHostSupported`) and the subscription (feature `Microsoft.Compute/EncryptionAtHost`) support it. Where that cannot be read, the violation stays and says so.',
    'It can only be chosen when a pool is created, so the reason holds the plan of a replacement pool: its mode, the cores and addresses that it needs against those that are free, its labels and taints, and the order.',
    'Machines in the node resource group of a cluster are judged at their cluster.',
  ],
  severity: 'medium',
  requirement: '2',
  subjects: [types.cluster, types.machine, types.scaleSet],
  // An event on a pool wakes its cluster, as one on any child does. Networks are left out: what room a subnet has changes no
  // verdict, and each of their events would ask for the findings that rest on it.
  reads: [types.size, types.quota, types.feature, types.group],
  policies: [pools, machines],
  evaluate: (subject, inventory): Verdict | readonly Aspect[] => {
    const known = inventoryWithoutNulls(inventory);
    const resource = withoutNulls(subject);
    return same(resource.type, types.cluster)
      ? judgedPools(resource as Resource<Cluster>, known)
      : judgedMachine(resource as Resource<Machine>, known);
  },
} satisfies Control;

const poolRule = ownRule(pools, { severity: 'medium' });
const machineRule = ownRule(machines, { severity: 'low' });

function judgedPools(cluster: Resource<Cluster>, inventory: Inventory): Verdict | readonly Aspect[] {
  const profiles = poolsIn(cluster.properties?.agentPoolProfiles ?? []);
  if (profiles === undefined) return { state: 'unknown', reason: 'agentPoolProfiles is no list of agent pools' };
  if (profiles.length === 0) return { state: 'notApplicable', reason: 'the cluster has no agent pools' };
  return profiles.map((profile, index) => {
    const name = readPool(profile).name ?? String(index + 1);
    const others = profiles.filter((one) => one !== profile);
    const verdict = judgedPool({ profile, others }, cluster, inventory);
    return { key: name.toLowerCase(), title: `Agent pool ${name} is encrypted on the host`, verdict };
  });
}

interface OneOf {
  readonly profile: PoolJson;
  readonly others: readonly PoolJson[];
}

/** The rule is about the cluster as a whole, so that it is asked about a cluster with this pool alone. */
function judgedPool({ profile, others }: OneOf, cluster: Resource<Cluster>, inventory: Inventory): Verdict {
  const alone = { ...cluster, properties: { ...cluster.properties, agentPoolProfiles: [profile] } };
  const verdict = poolRule(alone, inventory);
  if (verdict.state === 'compliant') return { state: 'compliant', reason: 'enableEncryptionAtHost is true' };
  if (verdict.state !== 'violation') return verdict;
  const pool = readPool(profile);
  const reason = [
    `enableEncryptionAtHost is ${found(pool.enableEncryptionAtHost)}; it must be true and cannot be changed on a pool`,
    supportOf(pool.vmSize, cluster, inventory),
    replacementOf(pool, others.map(readPool), cluster, inventory),
  ].join('; ');
  return { state: 'violation', problems: [{ severity: 'medium', reason }] };
}

function judgedMachine(machine: Resource<Machine>, inventory: Inventory): Verdict {
  const elsewhere = judgedElsewhere(machine, inventory);
  if (elsewhere !== undefined) return elsewhere;
  // A tag that only AKS should set excuses nobody here, where the resource group tells.
  const verdict = machineRule({ ...machine, tags: {} }, inventory);
  if (verdict.state !== 'violation') return verdict;
  const isSet = same(machine.type, types.scaleSet);
  const size = isSet ? machine.sku?.name : machine.properties?.hardwareProfile?.vmSize;
  const how = isSet ? 'set it in the model and upgrade every instance' : 'set it while the machine is deallocated';
  const reason = `securityProfile.encryptionAtHost is not true; ${supportOf(size, machine, inventory)}; ${how}`;
  return { state: 'violation', problems: [{ severity: 'low', reason }] };
}

function found(value: Json | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
