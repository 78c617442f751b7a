import type { Inventory } from '../../shared/core/inventory';
import type { Json, Resource } from '../../shared/core/resource';
import { ownRule } from '../../shared/policy/own-rule';

const type = 'Microsoft.KeyVault/vaults';
const vault = (properties: Json): Resource => ({
  id: `/subscriptions/s/resourceGroups/g/providers/${type}/kv`,
  name: 'kv',
  type,
  location: 'westeurope',
  properties,
});
const inventory = { now: '2026-11-24T12:00:00.000Z' } as Inventory;

const rule = ownRule(
  {
    name: 'purge-protection',
    properties: {
      displayName: 'Vaults have purge protection',
      mode: 'Indexed',
      policyRule: {
        if: {
          allOf: [
            { field: 'type', equals: type },
            { field: 'Microsoft.KeyVault/vaults/enablePurgeProtection', notEquals: true },
          ],
        },
        then: { effect: 'Audit' },
      },
    },
  },
  { severity: 'medium' },
);

test('a resource that satisfies the definition is compliant', () => {
  expect(rule(vault({ enablePurgeProtection: true }), inventory).state).toBe('compliant');
});

test('one that does not is a violation of the given severity, with what was found', () => {
  const verdict = rule(vault({ enablePurgeProtection: false }), inventory);
  const reason = 'Microsoft.KeyVault/vaults/enablePurgeProtection is false; it must be true';
  expect(verdict).toEqual({ state: 'violation', problems: [{ severity: 'medium', reason }] });
});

test('one of another type is none of its business', () => {
  expect(rule({ ...vault({}), type: 'Microsoft.Compute/disks' }, inventory).state).toBe('notApplicable');
});

test('the reason can be in words of the control', () => {
  const say = ({ name }: Resource): string => `${name} can be purged`;
  const definition: Json = {
    name: 'n',
    properties: { policyRule: { if: { field: 'type', equals: type }, then: { effect: 'Audit' } } },
  };
  const verdict = ownRule(definition, { severity: 'low', say })(vault({}), inventory);
  expect(verdict).toEqual({ state: 'violation', problems: [{ severity: 'low', reason: 'kv can be purged' }] });
});

test('a definition that cannot be read is a fault of the code', () => {
  expect(() => ownRule({ name: 'n', properties: {} }, { severity: 'low' })).toThrow('a policyRule is needed');
});
