import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '../../shared/settings';
import { exemptionsContainer } from '../../shared/store/exemptions-blob';
import { ledgerContainer } from '../../shared/store/ledger';
import { predictedBy, scenarios } from './bicep/checks';
import { findBicep } from './bicep/cli';
import type { Predicted } from './bicep/templates';

const bicep = findBicep();
const where = bicep === undefined ? describe.skip : describe;

const of = (name: string): readonly Predicted[] => predictedBy(bicep!, `test/infra/params/${name}.bicepparam`);
const ofType = (all: readonly Predicted[], type: string): readonly Predicted[] =>
  all.filter((resource) => resource.type === type);
const one = (all: readonly Predicted[], type: string): Predicted => {
  const [only, ...others] = ofType(all, type);
  expect(only).toBeDefined();
  expect(others).toEqual([]);
  return only!;
};

jest.setTimeout(120_000);

where.each(scenarios.map((file) => [file.replace(/^.*\/|\.bicepparam$/g, '')]))('what %s deploys', (scenario) => {
  let all: readonly Predicted[] = [];
  beforeAll(() => {
    all = of(scenario);
  });

  test('is named once', () => {
    const ids = all.map(({ id }) => id.toLowerCase());
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('opens no storage by a key, to the public, or without TLS 1.2', () => {
    const accounts = ofType(all, 'Microsoft.Storage/storageAccounts');
    expect(accounts.length).toBeGreaterThan(0);
    for (const { properties } of accounts) {
      expect(properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
      });
    }
    for (const { properties } of ofType(all, 'Microsoft.Storage/storageAccounts/blobServices/containers')) {
      expect(properties).toMatchObject({ publicAccess: 'None' });
    }
  });

  test('gives rights to identities of services only, by role definitions that exist', () => {
    const assignments = ofType(all, 'Microsoft.Authorization/roleAssignments');
    expect(assignments.length).toBeGreaterThan(0);
    for (const { properties } of assignments) {
      expect(properties).toMatchObject({ principalType: 'ServicePrincipal' });
      expect(properties?.['roleDefinitionId']).toMatch(/\/roleDefinitions\/[0-9a-f-]{36}$|^\[/i);
    }
  });

  test('says whose it is, wherever Azure takes tags', () => {
    const untagged = all.filter(({ type, tags }) => takesTags(type) && tags?.['application'] !== 'Steward');
    expect(untagged.map(({ id }) => id)).toEqual([]);
  });

  test('holds no secret', () => {
    expect(JSON.stringify(all)).not.toMatch(/AccountKey=|SharedAccessKey|listKeys\(|listSecrets\(|InstrumentationKey/i);
  });

  test('gives the app every setting that it needs, and none that it does not know', () => {
    const known = Object.keys(settingsSchema.shape);
    const needed = known.filter(
      (name) => !settingsSchema.shape[name as keyof typeof settingsSchema.shape].isOptional(),
    );
    const settings = ofType(all, 'Microsoft.Web/sites/config').filter(({ name }) => name.endsWith('/appsettings'));
    expect(settings.length).toBeGreaterThan(0);
    for (const { properties = {} } of settings) {
      const given = Object.keys(properties);
      expect(needed.filter((name) => !given.includes(name))).toEqual([]);
      const ofHost = /^(AzureWebJobsStorage__|APPLICATIONINSIGHTS_|FUNCTIONS_|WEBSITE_)/;
      expect(given.filter((name) => !known.includes(name) && !ofHost.test(name))).toEqual([]);
    }
  });

  test('lets everything through the event subscription that Event Grid can filter, to the function that takes events', () => {
    for (const { properties } of ofType(all, 'Microsoft.EventGrid/systemTopics/eventSubscriptions')) {
      const { filter, destination } = properties as {
        filter: { advancedFilters: { values: string[] }[] };
        destination: { endpointType: string; properties: { resourceId: string } };
      };
      const values = filter.advancedFilters.flatMap((each) => each.values);
      expect(values.length).toBeLessThanOrEqual(25);
      expect(values.filter((value) => value.length > 512)).toEqual([]);
      expect(destination.endpointType).toBe('AzureFunction');
      expect(destination.properties.resourceId).toMatch(/\/functions\/resource-changed$/);
    }
  });
});

/** Only resources of their own do: no children, no extensions, nothing that Azure or a policy keeps. */
function takesTags(type: string): boolean {
  return type.split('/').length === 2 && !/^Microsoft\.(Authorization|SecurityInsights)\//.test(type);
}

where('a deployment', () => {
  test('keeps the ledger in a container that only grows, and the file of exemptions in another', () => {
    const all = of('least');
    const containers = ofType(all, 'Microsoft.Storage/storageAccounts/blobServices/containers');
    const names = containers.map(({ name }) => name.split('/').at(-1));
    expect(names).toEqual(expect.arrayContaining([ledgerContainer, exemptionsContainer]));
    const policy = one(all, 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies');
    expect(policy.id).toContain(`/containers/${ledgerContainer}/`);
    expect(policy.properties).toEqual({ allowProtectedAppendWrites: true, immutabilityPeriodSinceCreationInDays: 365 });
  });

  test('makes no system topic where the subscription has one', () => {
    expect(ofType(of('least'), 'Microsoft.EventGrid/systemTopics')).toHaveLength(1);
    expect(ofType(of('everything'), 'Microsoft.EventGrid/systemTopics')).toEqual([]);
    expect(one(of('everything'), 'Microsoft.EventGrid/systemTopics/eventSubscriptions').id).toContain(
      '/resourceGroups/rg-events/providers/Microsoft.EventGrid/systemTopics/evgt-subscription/',
    );
  });

  test('uses the workspace that is named, and makes none then', () => {
    expect(ofType(of('least'), 'Microsoft.OperationalInsights/workspaces')).toHaveLength(1);
    expect(ofType(of('everything'), 'Microsoft.OperationalInsights/workspaces')).toEqual([]);
    const tables = ofType(of('everything'), 'Microsoft.OperationalInsights/workspaces/tables');
    expect(tables.map(({ id }) => id)).toEqual([
      expect.stringContaining('/workspaces/log-hub/tables/StewardFindings_CL'),
      expect.stringContaining('/workspaces/log-hub/tables/StewardPosture_CL'),
    ]);
  });

  test('that is private closes its storage to the public and gives each service a private endpoint', () => {
    const all = of('everything');
    const own = ofType(all, 'Microsoft.Storage/storageAccounts').filter(({ name }) => name.startsWith('ststeward'));
    expect(own.map(({ properties }) => properties?.['publicNetworkAccess'])).toEqual(['Disabled']);
    const endpoints = ofType(all, 'Microsoft.Network/privateEndpoints');
    expect(endpoints.map(({ name }) => name.split('-').at(-1)).toSorted()).toEqual(['blob', 'queue', 'table']);
    expect(ofType(all, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toHaveLength(3);
  });

  test('makes an account for flow logs in each region that is named, with a firewall and a rule that deletes', () => {
    const accounts = ofType(of('everything'), 'Microsoft.Storage/storageAccounts').filter(({ name }) =>
      name.startsWith('stflow'),
    );
    expect(accounts.map(({ location }) => location).toSorted()).toEqual(['swedencentral', 'westeurope']);
    for (const { properties } of accounts) {
      expect(properties).toMatchObject({ networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } });
    }
    const rules = ofType(of('everything'), 'Microsoft.Storage/storageAccounts/managementPolicies');
    expect(rules.map(({ properties }) => JSON.stringify(properties))).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('"daysAfterModificationGreaterThan":90')),
    );
  });

  test('on Flex Consumption names its runtime there and nowhere else; on a dedicated plan in its settings', () => {
    const runtimeIn = (name: string): unknown => {
      const settings = ofType(of(name), 'Microsoft.Web/sites/config').find((each) =>
        each.name.endsWith('/appsettings'),
      );
      return settings?.properties?.['FUNCTIONS_WORKER_RUNTIME'];
    };
    expect(runtimeIn('least')).toBeUndefined();
    expect(runtimeIn('dedicated')).toBe('node');
    const site = one(of('least'), 'Microsoft.Web/sites').properties as { functionAppConfig: { runtime: unknown } };
    expect(site.functionAppConfig.runtime).toEqual({ name: 'node', version: '24' });
  });

  test('of a management group prepares the shared workspace once', () => {
    const tables = ofType(of('management-group'), 'Microsoft.OperationalInsights/workspaces/tables');
    expect(tables).toHaveLength(2);
    expect(ofType(of('management-group'), 'Microsoft.Web/sites')).toHaveLength(2);
  });

  test('puts the code in when everything else is there, and asks for events only after that', () => {
    const template = JSON.parse(readFileSync(join(__dirname, '../../infra/azuredeploy.json'), 'utf8')) as {
      resources: Record<string, { dependsOn?: string[] }>;
    };
    expect(template.resources['code']?.dependsOn).toEqual(['core']);
    expect(template.resources['events']?.dependsOn).toEqual(['code']);
  });
});
