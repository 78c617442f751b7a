import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicies, type Initiative } from '../../infra/compile/policies';
import { controls } from '../../shared/controls/index';
import { hopResolver } from '../../shared/policy/alias-hop';
import type { AliasResolver } from '../../shared/policy/aliases';
import { listAt, objectAt, textAt, textsAt } from '../../shared/policy/arm-json';
import { builtInMembers } from '../../shared/policy/built-ins/catalogue';
import { compile, literalTypesOf } from '../../shared/policy/compile';
import type { Json } from '../../shared/policy/json';
import { definitionOf } from '../policy/given';
import { azureAliases, readJson, readText, testWith } from '../policy/shared-files';

const { definitions, initiatives } = compilePolicies(controls);
const [audit, deny] = initiatives as readonly [Initiative, Initiative];
const membersOf = (initiative: Initiative) => [...initiative.ownMembers, ...initiative.builtInMembers];
const system = ['kube-system', 'gatekeeper-system', 'azure-arc', 'azure-extensions-usage-system'];

describe.each(definitions.map((definition) => [definition.name, definition] as const))('%s', (name, own) => {
  const definition = definitionOf(own as unknown as Json);
  const problemsWith = (aliases: AliasResolver) =>
    literalTypesOf(definition).flatMap((resourceType) => compile(definition, { resourceType, aliases }).unknowns);

  test('is a rule about named types that Steward can evaluate', () => {
    expect(literalTypesOf(definition).length).toBeGreaterThan(0);
    expect(problemsWith(hopResolver)).toEqual([]);
  });

  testWith('policy-conformance')('names only aliases that Azure has', () => {
    expect(problemsWith(azureAliases())).toEqual([]);
  });

  test('keeps to Azure’s limits', () => {
    const { properties } = own;
    expect(name).toMatch(/^steward-[a-z-]{1,56}$/);
    expect(textAt(properties, 'displayName')).toMatch(/^.{10,128}$/);
    expect(textAt(properties, 'description')).toMatch(/^.{10,512}$/);
    expect(['All', 'Indexed']).toContain(textAt(properties, 'mode'));
    expect(Object.keys(objectAt(properties, 'parameters')).length).toBeLessThanOrEqual(20);
  });

  test('says what it is, and only audits when nobody says otherwise', () => {
    const metadata = objectAt(own.properties, 'metadata');
    expect(textAt(metadata, 'version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(textAt(metadata, 'category')).not.toBe('');
    const control = controls.find(({ policies = [] }) => policies.some((policy) => policy.name === name));
    expect(textAt(metadata, 'steward')).toBe(control?.id);
    const effect = objectAt(objectAt(own.properties, 'parameters'), 'effect');
    expect(textAt(effect, 'defaultValue')).toMatch(/^Audit/);
    expect(textsAt(effect, 'allowedValues')).toEqual(
      expect.arrayContaining([textAt(effect, 'defaultValue'), 'Disabled']),
    );
    expect(textAt(objectAt(objectAt(own.properties, 'policyRule'), 'then'), 'effect')).toBe("[parameters('effect')]");
  });
});

test('no two definitions have one name', () => {
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
});

describe.each(initiatives.map((initiative) => [initiative.name, initiative] as const))('%s', (name, initiative) => {
  const { properties } = initiative;
  const members = membersOf(initiative);

  test('keeps to Azure’s limits, and its name to those of assignments to management groups', () => {
    expect(name.length).toBeLessThanOrEqual(24);
    expect(members.length).toBeLessThanOrEqual(1_000);
    expect(textAt(properties, 'displayName')).toMatch(/^.{10,128}$/);
    expect(textAt(properties, 'description')).toMatch(/^.{10,512}$/);
    expect(Object.keys(objectAt(properties, 'parameters')).length).toBeLessThanOrEqual(400);
  });

  test('has each member once, under an id of its own', () => {
    const ids = members.map(({ policyDefinitionReferenceId }) => policyDefinitionReferenceId.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z-]+_[a-z-]+$/);
    const named = [
      ...initiative.ownMembers.map(({ definition }) => definition),
      ...initiative.builtInMembers.map(({ id }) => id),
    ];
    expect(new Set(named).size).toBe(named.length);
  });

  test('groups its members by requirement', () => {
    const groups = listAt(properties, 'policyDefinitionGroups');
    const names = groups.map((group) => textAt(group, 'name'));
    for (const { groupNames } of members) {
      expect(groupNames.length).toBeGreaterThan(0);
      expect(names).toEqual(expect.arrayContaining([...groupNames]));
    }
    for (const group of groups) expect(textAt(group, 'displayName')).not.toMatch(/^requirement-/);
  });

  test('gives its own definitions only parameters that they have', () => {
    for (const { definition, parameters } of initiative.ownMembers) {
      const own = definitions.find((one) => one.name === definition);
      const known = objectAt(own?.properties ?? null, 'parameters');
      for (const [parameter, { value }] of Object.entries(parameters))
        expect(textsAt(objectAt(known, parameter), 'allowedValues')).toContain(value);
    }
  });

  test('refers only to parameters of its own', () => {
    const known = Object.keys(objectAt(properties, 'parameters'));
    const named = [...JSON.stringify(members).matchAll(/parameters\('(\w+)'\)/g)].map(([, parameter]) => parameter);
    expect(named.filter((parameter) => !known.includes(parameter ?? ''))).toEqual([]);
  });
});

test('every definition is audited, and those that can refuse are in the initiative that denies', () => {
  expect(audit.ownMembers.map(({ definition }) => definition)).toEqual(definitions.map(({ name }) => name));
  const denying = definitions.filter(({ properties }) =>
    textsAt(objectAt(objectAt(properties, 'parameters'), 'effect'), 'allowedValues').includes('Deny'),
  );
  expect(deny.ownMembers.map(({ definition }) => definition)).toEqual(denying.map(({ name }) => name));
});

const valueOf = ({ parameters }: Initiative['builtInMembers'][number], name: string): Json | undefined =>
  parameters[name]?.value;

test('what audits refuses nothing, and what denies does nothing else', () => {
  for (const { parameters } of membersOf(audit))
    expect(['Audit', 'AuditIfNotExists']).toContain(parameters['effect']?.value);
  for (const { parameters } of membersOf(deny)) expect(parameters['effect']?.value).toBe('Deny');
});

describe('in a cluster', () => {
  const inCluster = builtInMembers.filter((member) => member.inCluster).map(({ id }) => id);
  const within = ({ builtInMembers: members }: Initiative) => members.filter(({ id }) => inCluster.includes(id));

  test('auditing looks into the system namespaces, too', () => {
    expect(within(audit).length).toBe(inCluster.length);
    for (const member of within(audit)) expect(valueOf(member, 'excludedNamespaces')).toEqual([]);
  });

  test('refusing leaves the system namespaces alone', () => {
    expect(within(deny).length).toBeGreaterThan(0);
    for (const member of within(deny))
      expect(valueOf(member, 'excludedNamespaces')).toBe("[parameters('excludedNamespaces')]");
    const parameter = objectAt(objectAt(deny.properties, 'parameters'), 'excludedNamespaces');
    expect(textsAt(parameter, 'defaultValue')).toEqual(system);
  });
});

describe.each(['policies', 'policies-management-group'])('the module %s', (file) => {
  const text = readFileSync(join(__dirname, `../../infra/modules/${file}.bicep`), 'utf8');

  test('is gentle unless told otherwise: audit alone, and nothing enforced', () => {
    expect(text).toMatch(/^param denyPolicies bool = false$/m);
    expect(text).toMatch(/^param auditEnforcement string = 'DoNotEnforce'$/m);
    expect(text).toMatch(/^param denyEnforcement string = 'DoNotEnforce'$/m);
  });

  test('marks its assignments as Steward’s, and always leaves out the system namespaces', () => {
    expect(text.match(/^ {4}metadata: mark$/gm)).toHaveLength(2);
    expect(text).toMatch(/^var mark = \{ steward: '1' \}$/m);
    expect(text).toMatch(/union\(systemNamespaces, agentNamespaces\)/);
  });
});

interface Indexed {
  readonly id: string;
  readonly file: string;
  readonly version: string;
  readonly mode: string;
  readonly types: readonly string[];
}

const index = (): readonly Indexed[] => readJson('policy-definitions/index.json') as unknown as readonly Indexed[];
const commonInCluster = ['effect', 'excludedNamespaces', 'namespaces', 'labelSelector'];

testWith('policy-definitions')(
  'every built-in definition is known, with the parameters and values that it is given',
  () => {
    const appendix = readText('reference/policy-language.md');
    for (const initiative of initiatives) {
      for (const member of initiative.builtInMembers) {
        expect(appendix).toContain(`| ${member.id} |`);
        const known = index().find(({ id }) => id === member.id);
        if (known === undefined) continue;
        const parameters = objectAt(objectAt(readJson(`policy-definitions/${known.file}`), 'properties'), 'parameters');
        for (const [name, { value }] of Object.entries(member.parameters)) {
          expect([member.id, Object.keys(parameters)]).toEqual([member.id, expect.arrayContaining([name])]);
          const allowed = listAt(objectAt(parameters, name), 'allowedValues');
          const given = Array.isArray(value) ? (value as readonly Json[]) : [value];
          if (allowed.length > 0) expect([member.id, allowed]).toEqual([member.id, expect.arrayContaining([...given])]);
        }
        expect([member.id, member.definitionVersion]).toEqual([member.id, `${known.version.split('.')[0]}.*.*`]);
      }
    }
  },
);

testWith('policy-definitions')('what is said of the built-in definitions is what they are', () => {
  for (const { id, types, inCluster } of builtInMembers) {
    const known = index().find((one) => one.id === id);
    if (known === undefined) continue;
    expect([id, inCluster]).toEqual([id, known.mode === 'Microsoft.Kubernetes.Data']);
    expect(known.types).toEqual(expect.arrayContaining([...types]));
  }
});

testWith('estate')(
  'those judged in the cluster that are not in the index take what they took years ago, at least',
  () => {
    const strange = builtInMembers
      .filter(({ id, inCluster }) => inCluster && !index().some((one) => one.id === id))
      .flatMap(({ id, parameters }) => {
        const old = tryRead(`estate/policy/definitions/built-in/${id}.json`);
        if (old === undefined) return [];
        const known = Object.keys(objectAt(objectAt(old, 'properties'), 'parameters'));
        return [...commonInCluster, ...Object.keys(parameters)]
          .filter((name) => !known.includes(name))
          .map((name) => `${id} ${name}`);
      });
    expect(strange).toEqual([]);
  },
);

function tryRead(path: string): Json | undefined {
  try {
    return readJson(path);
  } catch {
    return undefined;
  }
}
