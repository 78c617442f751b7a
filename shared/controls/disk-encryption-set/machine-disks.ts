import { isArray, isObject, propertyOf, type Json } from '../../policy/json';
import type { Resource } from '../../core/resource';

/** The disks of a virtual machine or scale set that name no disk encryption set, as a person calls them. */
export function plainDisksOf({ properties }: Resource): readonly string[] {
  const own = field(properties as Json | undefined, 'storageProfile');
  const profile = own ?? field(field(properties as Json | undefined, 'virtualMachineProfile'), 'storageProfile');
  const disk = field(profile, 'osDisk');
  const disks = field(profile, 'dataDisks');
  const data = isArray(disks) ? disks : [];
  return [
    ...(namesSet(disk) ? [] : [`the OS disk${field(disk, 'diffDiskSettings') === undefined ? '' : ' (ephemeral)'}`]),
    ...data.flatMap((one, index) => (namesSet(one) ? [] : [`data disk ${labelOf(one, index)}`])),
  ];
}

function namesSet(disk: Json | undefined): boolean {
  const managed = field(disk, 'managedDisk');
  return [managed, field(managed, 'securityProfile')].some(
    (one) => field(field(one, 'diskEncryptionSet'), 'id') !== undefined,
  );
}

function labelOf(disk: Json, index: number): string {
  const name = field(disk, 'name') ?? field(disk, 'lun');
  return typeof name === 'string' || typeof name === 'number' ? String(name) : String(index);
}

function field(json: Json | undefined, name: string): Json | undefined {
  return json !== undefined && isObject(json) ? propertyOf(json, name) : undefined;
}
