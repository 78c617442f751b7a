import { armWriter } from '../../shared/azure/writer';
import { ownRules } from '../../shared/controls/sentinel-content/own-rules';
import { differences } from '../../shared/core/compare';
import { shortHash } from '../../shared/core/hash';
import type { Resource } from '../../shared/core/resource';
import { usageType } from '../../shared/core/table-usage';
import { tables } from '../../shared/core/tables';
import { resource } from '../given';
import { contractTarget, type Target } from './target';

/** What the control `sentinel-content` takes for granted about Azure. */
jest.setTimeout(900_000);

let azure: Target;
let workspaceId: string;

const ruleId = (id: string): string => `${workspaceId}/providers/Microsoft.SecurityInsights/alertRules/${id}`;

function tableIn(name: string, columns: Readonly<Record<string, string>>): Resource {
  const listed = Object.entries(columns).map(([column, type]) => ({
    name: column,
    type: type === 'datetime' ? 'dateTime' : type,
  }));
  return resource(`${workspaceId}/tables/${name}`, { properties: { schema: { name, columns: listed } } });
}

beforeAll(async () => {
  azure = await contractTarget();
  const run = shortHash(new Date().toISOString());
  workspaceId = `${azure.group}/providers/Microsoft.OperationalInsights/workspaces/log-${run}`;
  await azure.prepare(
    resource(workspaceId, { location: azure.region, properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 } }),
  );
  for (const { name, columns } of tables) await azure.prepare(tableIn(name, columns));
  await azure.prepare(
    resource(`${workspaceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`, { properties: {} }),
  );
});
afterAll(() => azure.close());

test.each(ownRules.map((own) => [own.properties.displayName, own] as const))(
  'a rule is made as it is wanted, and every field is found in it: %s',
  async (_, { id, kind, properties }) => {
    const body = { kind, properties: { ...properties, enabled: false } };
    await azure.write(ruleId(id), body);
    expect(differences(body, await azure.get(ruleId(id)))).toEqual([]);
  },
);

test('a rule that is removed is gone, and the others are listed', async () => {
  const [first, ...others] = ownRules.map(({ id }) => ruleId(id));
  await armWriter(azure.arm).remove(first ?? '');
  expect(await azure.get(first ?? '')).toBeUndefined();
  const listed = await azure.list('Microsoft.SecurityInsights/alertRules', workspaceId);
  const ids = listed.map(({ id }) => id.toLowerCase());
  expect(ids).toEqual(expect.arrayContaining(others.map((id) => id.toLowerCase())));
  expect(ids).not.toContain(first?.toLowerCase());
});

test('a rule says when it was last changed', async () => {
  const [, second] = ownRules;
  const found = await azure.get(ruleId(second?.id ?? ''));
  const { lastModifiedUtc } = found?.properties as { readonly lastModifiedUtc: string };
  expect(Math.abs(Date.now() - Date.parse(lastModifiedUtc))).toBeLessThan(3_600_000);
});

test('a workspace that has received nothing tells of none of our tables', async () => {
  const names = (await azure.list(usageType, workspaceId)).map(({ name }) => name);
  for (const { name } of tables) expect(names).not.toContain(name);
});

test('a workspace that is not there is refused', async () => {
  expect(await azure.refusal(azure.list(usageType, `${workspaceId}x`))).toMatchObject({ status: 404 });
});
