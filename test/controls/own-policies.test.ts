import { controls } from '../../shared/controls/index';
import type { Control } from '../../shared/core/control';
import { compile, literalTypesOf } from '../../shared/policy/compile';
import { definitionOf } from '../policy/given';
import { azureAliases, testWith } from '../policy/shared-files';

const all = (controls as readonly Control[]).flatMap(({ id, policies = [] }) =>
  policies.map((policy) => [policy.name, policy, id] as const),
);

test('each definition has a name of its own', () => {
  expect(all.length).toBeGreaterThan(0);
  expect(new Set(all.map(([name]) => name.toLowerCase())).size).toBe(all.length);
});

test.each(all)('%s says whose it is, and reports unless it is assigned to do more', (name, { properties }, id) => {
  expect(name).toMatch(/^steward-[a-z-]{1,56}$/);
  expect(properties).toMatchObject({
    displayName: expect.stringMatching(/^\S.{9,}$/),
    description: expect.stringMatching(/^\S.{9,}$/),
    metadata: { category: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+$/), steward: id },
    parameters: { effect: { allowedValues: expect.arrayContaining(['Audit', 'Disabled']), defaultValue: 'Audit' } },
    policyRule: { then: { effect: "[parameters('effect')]" } },
  });
});

testWith('policy-conformance').each(all)('%s names only aliases that Azure knows', (_, policy) => {
  const definition = definitionOf({ ...policy });
  const aliases = azureAliases();
  const types = literalTypesOf(definition);
  expect(types).not.toEqual([]);
  for (const resourceType of types) expect(compile(definition, { resourceType, aliases }).unknowns).toEqual([]);
});
