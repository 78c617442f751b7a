import { cluster, definition, file, folderOf, policy, ruleOf } from './given';

const compiled = (...more: readonly string[]) => policy('compile', folderOf(), ...more);

test('every definition below a folder is compiled; what is none is left out', () => {
  file('one.json', definition);
  file('deep/er/two.json', `\uFEFF${JSON.stringify({ properties: definition })}`);
  file('initiative.json', { properties: { policyDefinitions: [] } });
  file('notes.txt', 'no JSON');
  file('data.json', { ...ruleOf({ field: 'type', equals: cluster.type }), mode: 'Microsoft.Kubernetes.Data' });
  expect(compiled()).toEqual({
    code: 0,
    err: '',
    out: [
      '3 definitions: 3 compiled, 0 not understood',
      '1 are judged in the data plane',
      '1 are no definitions and left out',
      '',
    ].join('\n'),
  });
});

test('what is not understood is named by file, place in the rule and reason', () => {
  file('a.json', definition);
  file('b.json', ruleOf({ allOf: [{ field: 'name', startsWith: 'x' }] }));
  file('c/d.json', ruleOf({ field: 'name', equals: "[concat('a']" }));
  file('e.json', ruleOf({ field: 'name', equals: 'a' }, 'scold'));
  file('f.json', '{"policyRule": ');
  const { code, out } = compiled();
  expect(code).toBe(1);
  expect(out.split('\n')[0]).toBe('5 definitions: 1 compiled, 4 not understood');
  expect(out).toContain('  b.json: if.allOf[0]: startsWith is not an operator that Azure Policy has\n');
  expect(out).toMatch(/ {2}c\/d\.json: if\.equals: "\)" is needed, not/);
  expect(out).toContain('  e.json: then.effect: Azure Policy has no effect scold\n');
  expect(out).toMatch(/ {2}f\.json: is not JSON: /);
});

const disks = ruleOf({
  allOf: [
    { field: 'type', in: ['Microsoft.Compute/disks', 'Microsoft.Compute/virtualMachines'] },
    { field: 'Microsoft.Compute/imageOffer', equals: 'x' },
  ],
});

test('an alias that cannot be guessed for one of the types is told, and is no failure', () => {
  file('a.json', disks);
  expect(compiled()).toMatchObject({ code: 0 });
  expect(compiled().out).toContain(
    '  a.json: the alias Microsoft.Compute/imageOffer is not known for Microsoft.Compute/disks\n',
  );
});

test('with Azure’s table, an alias that it does not have is not understood', () => {
  file('a.json', definition);
  const table = (path: string) => file('aliases.txt', { [cluster.type]: { [path]: `properties.${path}` } });
  expect(compiled('--aliases', table('diskEncryptionSetID')).code).toBe(0);
  const { code, out } = compiled('--aliases', table('kubernetesVersion'));
  expect([code, out]).toEqual([1, expect.stringContaining('diskEncryptionSetID is not known for')]);
});
