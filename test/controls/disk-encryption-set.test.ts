import { diskEncryptionSet } from '../../shared/controls/disk-encryption-set';
import type { Json, Resource } from '../../shared/core/resource';
import { reasonOf, type Verdict } from '../../shared/core/verdict';
import { having, idIn, inventoryOf, resource, subscription } from '../given';

const clusterId = idIn('rg-app', 'Microsoft.ContainerService/managedClusters/aks');
const setId = idIn('rg-keys', 'Microsoft.Compute/diskEncryptionSets/des-app');
const vaultId = idIn('rg-keys', 'Microsoft.KeyVault/vaults/kv-keys');
const versionId = `${vaultId}/keys/disks/versions/0a1b`;
const machineId = idIn('rg-ops', 'Microsoft.Compute/virtualMachines/vm-jump');
const scaleSetId = idIn('rg-ops', 'Microsoft.Compute/virtualMachineScaleSets/vmss-jump');
const nodesId = idIn('rg-app-nodes', 'Microsoft.Compute/virtualMachineScaleSets/aks-system');
const elsewhere = (id: string): string => id.replace('11111111-', '22222222-');
const location = 'westeurope';

const cluster = resource(clusterId, {
  location,
  properties: { diskEncryptionSetID: setId, agentPoolProfiles: [{ name: 'npsystem', osDiskType: 'Managed' }] },
});
const set = resource(setId, {
  location,
  properties: {
    encryptionType: 'EncryptionAtRestWithCustomerKey',
    rotationToLatestKeyVersionEnabled: true,
    activeKey: { sourceVault: { id: vaultId }, keyUrl: 'https://kv-keys.vault.azure.net/keys/disks/0a1b' },
  },
});
const vault = resource(vaultId, {
  location,
  properties: { vaultUri: 'https://KV-keys.vault.azure.net/', enableSoftDelete: true, enablePurgeProtection: true },
});
const keyWith = (attributes: object, id = versionId): Resource => resource(id, { properties: { attributes } });
/** The inventory's time is 2026-03-01T08:00:00Z. */
const seconds = (time: string): number => Date.parse(time) / 1_000;

const encrypted = { managedDisk: { diskEncryptionSet: { id: setId } } };
const confidential = { managedDisk: { securityProfile: { diskEncryptionSet: { id: setId } } } };
const plain = { managedDisk: { id: 'd', storageAccountType: 'Premium_LRS' } };
const machine = resource(machineId, {
  location,
  properties: { storageProfile: { osDisk: encrypted, dataDisks: [{ lun: 0, ...encrypted }] } },
});
const scaleSet = resource(scaleSetId, {
  location,
  properties: { virtualMachineProfile: { storageProfile: { osDisk: encrypted } } },
});
const disk = resource(idIn('rg-ops', 'Microsoft.Compute/disks/pvc-1'), {
  location,
  properties: { encryption: { type: 'EncryptionAtRestWithCustomerKey', diskEncryptionSetId: setId } },
});
const groups = [
  resource(`${subscription}/resourceGroups/rg-ops`, { managedBy: null }),
  resource(`${subscription}/resourceGroups/RG-app-nodes`, { managedBy: clusterId }),
];
const key = keyWith({ enabled: true });
const estate = [...groups, cluster, set, vault, key];

const judged = (
  subject: Resource,
  resources: readonly Resource[] = estate,
  unread: Readonly<Record<string, string>> = {},
): Verdict => diskEncryptionSet.evaluate(subject, inventoryOf(resources, unread));

/** The verdict in one line: its state, the severity of each problem, and the reason. */
function said(...asked: Parameters<typeof judged>): string {
  const verdict = judged(...asked);
  const severities = verdict.state === 'violation' ? verdict.problems.map(({ severity }) => severity).join() : '';
  return `${verdict.state} ${severities} ${reasonOf(verdict)}`;
}
const without = (...ids: readonly string[]): readonly Resource[] => estate.filter(({ id }) => !ids.includes(id));
const withKey = (attributes: object): readonly Resource[] => [...without(versionId), keyWith(attributes)];
const withVault = (properties: Readonly<Record<string, Json | undefined>>): readonly Resource[] => [
  ...without(vaultId),
  having(vault, properties),
];

describe('a cluster', () => {
  test('that names a disk encryption set is right', () => {
    expect(judged(cluster)).toEqual({ state: 'compliant', reason: 'encrypted by disk encryption set des-app' });
  });

  test.each<[string, Json | undefined]>([
    ['is missing', undefined],
    ['is null', null],
    ['is empty', ''],
  ])('whose set %s is a violation, and the reason holds the plan', (_, diskEncryptionSetID) => {
    const reason = said(having(cluster, { diskEncryptionSetID }));
    expect(reason).toMatch(/^violation medium diskEncryptionSetID is missing, so that OS and data disks/);
    expect(reason).toMatch(/only when it is created: make a key .* set in westeurope .* delete this cluster last$/);
  });

  test('whose OS disks are all ephemeral is of low severity without a set, not right', () => {
    const pools = (...types: readonly string[]): Json => types.map((osDiskType) => ({ osDiskType }));
    const bare = having(cluster, { diskEncryptionSetID: undefined });
    expect(said(having(bare, { agentPoolProfiles: pools('Ephemeral', 'ephemeral') }))).toMatch(/^violation low /);
    expect(said(having(bare, { agentPoolProfiles: pools('Ephemeral', 'Managed') }))).toMatch(/^violation medium /);
    expect(said(having(bare, { agentPoolProfiles: 'none' }))).toMatch(/^violation medium /);
  });

  test('whose set is gone is of high severity', () => {
    expect(said(cluster, without(setId))).toMatch(/^violation high disk encryption set des-app is named and does not/);
  });

  test.each<[string, Resource, Readonly<Record<string, string>>, RegExp]>([
    ['cannot be read', cluster, { [setId]: 'HTTP 403' }, /set des-app: HTTP 403/],
    ['lies where nobody looks', having(cluster, { diskEncryptionSetID: elsewhere(setId) }), {}, /another subscription/],
    ['is no id', having(cluster, { diskEncryptionSetID: 7 }), {}, /diskEncryptionSetID is no id/],
  ])('whose set %s is unknown', (_, subject, unread, reason) => {
    expect(judged(subject, estate, unread)).toEqual({ state: 'unknown', reason: expect.stringMatching(reason) });
  });
});

describe('a machine', () => {
  const profile = (osDisk: Json, ...dataDisks: readonly Json[]) => ({ storageProfile: { osDisk, dataDisks } });
  const ephemeral = { diffDiskSettings: { option: 'Local' } };

  test.each<[string, Resource]>([
    ['of which every disk names a set', machine],
    ['that has an OS disk only', having(machine, profile(encrypted))],
    ['that is confidential and names the set there', having(machine, profile(confidential, confidential))],
    ['that is a scale set', scaleSet],
  ])('%s is right', (_, subject) => {
    expect(judged(subject).state).toBe('compliant');
  });

  test.each<[string, Resource, string]>([
    [
      'OS disk',
      having(machine, profile(plain, encrypted)),
      'medium no disk encryption set encrypts the OS disk: dealloc',
    ],
    [
      'second data disk',
      having(machine, profile(encrypted, encrypted, plain)),
      'medium no .* encrypts data disk 1: de',
    ],
    [
      'named data disk',
      having(machine, profile(encrypted, { ...plain, name: 'logs' })),
      'medium no .* data disk logs:',
    ],
    [
      'ephemeral OS disk',
      having(machine, profile(ephemeral)),
      'low no disk encryption set .* the OS disk .ephemeral.:',
    ],
    ['disks', having(machine, profile(ephemeral, plain)), 'medium no .* the OS disk .ephemeral., data disk 0'],
    ['profile', having(machine, { storageProfile: 'none' }), 'medium no disk encryption set encrypts the OS disk'],
    [
      'scale set',
      having(scaleSet, { virtualMachineProfile: profile(encrypted, plain) }),
      'medium no .* data disk 0: name the set in the model',
    ],
  ])('whose %s names none is a violation', (_, subject, expected) => {
    expect(said(subject)).toMatch(new RegExp(`^violation ${expected}`));
    expect(said({ ...subject, tags: { 'aks-managed-poolName': 'x' } })).toMatch(/^violation/);
  });

  test('that is a scale set without a model has no disks to judge', () => {
    expect(judged({ ...scaleSet, properties: {} })).toMatchObject({ state: 'notApplicable' });
  });

  test('that is a node of a cluster is judged at the cluster', () => {
    const nodes = resource(nodesId, { location, properties: { virtualMachineProfile: {} } });
    expect(judged(nodes)).toEqual({ state: 'notApplicable', reason: 'it is a node of cluster aks and judged there' });
    const unread = { [`${subscription}|Microsoft.Resources/resourceGroups`]: 'HTTP 403' };
    expect(judged(nodes, estate, unread)).toEqual({ state: 'unknown', reason: 'resource groups: HTTP 403' });
  });
});

describe('a managed disk', () => {
  test.each<[string, Resource]>([
    ['with a key of one’s own', disk],
    ['with both keys', having(disk, { encryption: { type: 'EncryptionAtRestWithPlatformAndCustomerKeys' } })],
    [
      'of a confidential machine',
      having(disk, { encryption: {}, securityProfile: { secureVMDiskEncryptionSetId: setId } }),
    ],
  ])('%s is right', (_, subject) => {
    expect(judged(subject).state).toBe('compliant');
  });

  test.each<[string, Json | undefined, string]>([
    ['with a key of the platform', { type: 'EncryptionAtRestWithPlatformKey' }, 'EncryptionAtRestWithPlatformKey'],
    ['that does not tell', undefined, 'missing'],
    ['whose encryption is a text', 'EncryptionAtRestWithCustomerKey', 'missing'],
  ])('%s is a violation', (_, encryption, found) => {
    expect(said(having(disk, { encryption }))).toMatch(
      new RegExp(`^violation medium encryption.type is ${found}; a cus`),
    );
  });

  const plainDisk = having(disk, { encryption: undefined });
  const osDisk = having(plainDisk, { osType: 'Linux' });
  test.each<[string, Resource, string]>([
    [
      'of a machine',
      { ...plainDisk, managedBy: machineId },
      'notApplicable  it is the disk of vm-jump and judged there',
    ],
    [
      'of the system of a node',
      { ...osDisk, managedBy: `${nodesId}/virtualMachines/0` },
      'notApplicable  it is the OS ',
    ],
    ['that is a volume of a node', { ...plainDisk, managedBy: `${nodesId}/virtualMachines/0` }, 'violation'],
    [
      'that is a volume of a node without a scale set',
      { ...plainDisk, managedBy: idIn('rg-app-nodes', 'Microsoft.Compute/virtualMachines/aks-0') },
      'violation',
    ],
    ['of a system that no machine uses', osDisk, 'violation'],
  ])('%s is judged where it belongs', (_, subject, expected) => {
    expect(said(subject)).toMatch(new RegExp(`^${expected}`));
  });

  test('is unknown while nobody can tell whether its machine is a node', () => {
    const unread = { [`${subscription}|Microsoft.Resources/resourceGroups`]: 'HTTP 403' };
    expect(judged({ ...plainDisk, managedBy: machineId }, estate, unread).state).toBe('unknown');
  });
});

describe('a disk encryption set', () => {
  const keyed = (keyUrl: Json | undefined, sourceVault: Json | undefined = { id: vaultId }): Resource =>
    having(set, {
      activeKey: { ...(keyUrl !== undefined && { keyUrl }), ...(sourceVault !== null && { sourceVault }) } as Json,
    });
  const unversioned = keyed('https://kv-keys.vault.azure.net/keys/disks');
  const fixed = having(set, { rotationToLatestKeyVersionEnabled: false });

  test.each<[string, Resource, readonly Resource[]]>([
    ['whose key and vault cannot be lost', set, estate],
    [
      'that encrypts with both keys',
      having(set, { encryptionType: 'EncryptionAtRestWithPlatformAndCustomerKeys' }),
      estate,
    ],
    [
      'that names its vault by the address of the key alone',
      keyed('https://kv-keys.vault.azure.net/keys/disks/0a1b', null),
      estate,
    ],
    ['that follows the newest key', unversioned, [...estate, keyWith({ enabled: true }, `${vaultId}/keys/disks`)]],
    ['that does not follow a key without an end', fixed, estate],
    ['whose key ends later than in 30 days', set, withKey({ exp: seconds('2026-03-31T09:00:00Z') })],
    ['whose vault says nothing of soft delete', set, withVault({ enableSoftDelete: undefined })],
  ])('%s is right', (_, subject, resources) => {
    expect(said(subject, resources)).toBe('compliant  its key and the vault of the key are protected from loss');
  });

  test.each<[string, Resource, readonly Resource[], RegExp]>([
    [
      'of another type',
      having(set, { encryptionType: 'EncryptionAtRestWithPlatformKey' }),
      estate,
      /^violation medium .*encryptionType is/,
    ],
    ['of no type', having(set, { encryptionType: undefined }), estate, /^violation medium .*encryptionType is missing/],
    ['without a key', having(set, { activeKey: undefined }), estate, /^violation medium .*keyUrl is missing/],
    [
      'whose vault has no purge protection',
      set,
      withVault({ enablePurgeProtection: undefined }),
      /^violation high vault kv-keys of its key has no purge/,
    ],
    [
      'whose vault has it off',
      set,
      withVault({ enablePurgeProtection: false }),
      /^violation high .*no purge protection/,
    ],
    [
      'whose vault has no soft delete',
      set,
      withVault({ enableSoftDelete: false }),
      /^violation high .*has no soft delete/,
    ],
    [
      'whose vault is gone',
      set,
      without(vaultId),
      /^violation high the vault of its key, kv-keys.vault.azure.net, is gone/,
    ],
    ['whose key is disabled', set, withKey({ enabled: false }), /^violation high key disks is disabled/],
    [
      'whose key has expired',
      set,
      withKey({ exp: seconds('2026-03-01T08:00:00Z') }),
      /^violation high key disks expired on 2026-03-01/,
    ],
    [
      'whose key ends soon and was not rotated',
      set,
      withKey({ exp: seconds('2026-03-31T07:00:00Z') }),
      /^violation medium key disks expires on 2026-03-31, in less/,
    ],
    [
      'that does not follow a key that ends',
      fixed,
      withKey({ exp: seconds('2027-03-01T08:00:00Z') }),
      /^violation medium key disks expires on 2027-03-01 and the set does not/,
    ],
  ])('%s is a violation', (_, subject, resources, expected) => {
    expect(said(subject, resources)).toMatch(expected);
  });

  test('says all that is wrong at once', () => {
    const resources = [
      ...without(vaultId, versionId),
      having(vault, { enablePurgeProtection: false }),
      keyWith({ enabled: false }),
    ];
    expect(said(set, resources)).toMatch(/^violation high,high vault kv-keys .*; key disks is disabled/);
  });

  test.each<[string, Resource, readonly Resource[], Readonly<Record<string, string>>, RegExp]>([
    ['whose vault cannot be read', set, estate, { [vaultId]: 'HTTP 403' }, /vault of its key: HTTP 403/],
    ['whose key cannot be read', set, estate, { [versionId]: 'HTTP 403' }, /key disks: HTTP 403/],
    ['whose key is not shown', set, without(versionId), {}, /Azure shows no key disks; look in the vault/],
    ['whose key ends at no time', set, withKey({ exp: 1e20 }), {}, /an expiry that is no time/],
    [
      'whose key lies in a managed HSM',
      keyed('https://h.managedhsm.azure.net/keys/disks/1'),
      estate,
      {},
      /a managed HSM/,
    ],
    ['whose key has no address', keyed('disks'), estate, {}, /keyUrl is no address of a key/],
    [
      'whose vault is in another subscription',
      keyed('https://kv-keys.vault.azure.net/keys/disks', { id: elsewhere(vaultId) }),
      estate,
      {},
      /another subscription/,
    ],
    [
      'whose vault is none of this subscription',
      keyed('https://kv-far.vault.azure.net/keys/disks', null),
      estate,
      {},
      /kv-far.vault.azure.net is none of/,
    ],
    [
      'whose vaults cannot be listed',
      keyed('https://kv-keys.vault.azure.net/keys/disks', null),
      estate,
      { [`${subscription}|Microsoft.KeyVault/vaults`]: 'HTTP 429' },
      /HTTP 429/,
    ],
  ])('%s is unknown, never right', (_, subject, resources, unread, reason) => {
    expect(judged(subject, resources, unread)).toEqual({ state: 'unknown', reason: expect.stringMatching(reason) });
  });
});
