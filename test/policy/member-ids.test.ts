import { controls } from '../../shared/controls/index';
import { initiativeMembers, referenceIdOf, ruleOf } from '../../shared/policy/member-ids';

const members = initiativeMembers(controls);

test('a definition of our own is a member with the types that it judges', () => {
  expect(members.get('host-encryption_machines')).toEqual({
    control: 'host-encryption',
    types: ['Microsoft.Compute/virtualMachines', 'Microsoft.Compute/virtualMachineScaleSets'],
  });
});

test('so is a built-in one', () => {
  expect(members.get('flow-logs_built-in-enabled')).toEqual({
    control: 'flow-logs',
    types: ['Microsoft.Network/networkWatchers/flowLogs'],
  });
});

test('every definition of a control judges a type that the control judges', () => {
  const strange = controls.flatMap(({ id, subjects, policies = [] }) => {
    const wanted = subjects.map((type) => type.toLowerCase());
    const keys = policies.map((policy) => referenceIdOf(id, ruleOf(policy, id)));
    return keys.filter((key) => !members.get(key)?.types.some((type) => wanted.includes(type.toLowerCase())));
  });
  expect(strange).toEqual([]);
});
