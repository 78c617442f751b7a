import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bicep } from './cli';
import { literalOf } from './literal';
import { complaintsOf, inTemporaryFolder, type Predicted } from './templates';

type Target = 'resourceGroup' | 'subscription' | 'managementGroup';

/**
 * Where a body has not the shape of Azure's API: each predicted resource is written out as a literal, and the compiler
 * compares it with the types that Microsoft generates from the specifications of the API. What templates load from files
 * or put together by functions is compared, too, which the compiler does not do in the template itself.
 */
export function shapeComplaints(bicep: Bicep, resources: readonly Predicted[]): readonly string[] {
  const files = Map.groupBy(resources, (resource) => `${targetOf(resource)}|${subscriptionIn(resource)}`);
  return [...files.values()].flatMap((those) => complaints(bicep, targetOf(those[0] as Predicted), those));
}

/** An id that only Azure can work out names its group as an argument. */
function targetOf({ id }: Predicted): Target {
  if (/^\/providers\/Microsoft\.Management\//i.test(id)) return 'managementGroup';
  const isInGroup = /\/resourceGroups\/[^/]+\/providers\/|^\[resourceId\('[^']+', '[^'/]+', /i.test(id);
  return isInGroup ? 'resourceGroup' : 'subscription';
}

const subscriptionIn = ({ id }: Predicted): string => /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(id)?.[0] ?? '';

function complaints(bicep: Bicep, target: Target, resources: readonly Predicted[]): readonly string[] {
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'bicepconfig.json'), '{ "analyzers": { "core": { "enabled": false } } }');
    const file = join(folder, 'bodies.bicep');
    const declared = new Set(resources.map(({ id }) => id));
    const owners = new Set(resources.flatMap(({ id }) => extendedBy(id) ?? []).filter((id) => !declared.has(id)));
    const named = new Map([...owners, ...declared].map((id, index) => [id, `r${index}`]));
    const text = [
      `targetScope = '${target}'`,
      ...[...owners].map((id) => existing(id, named)),
      ...resources.map((resource) => declarationOf(resource, named)),
    ];
    writeFileSync(file, text.join('\n\n'));
    const lines = complaintsOf(bicep.run('build', '--stdout', file));
    return lines.map((line) => line.replace(`${folder}/`, ''));
  });
}

/** What Sentinel's content belongs to: its types may only stand on a workspace. */
function extendedBy(id: string): string | undefined {
  return /^(.+)\/providers\/Microsoft\.SecurityInsights\//i.exec(id)?.[1];
}

type Names = ReadonlyMap<string, string>;

function declarationOf({ id, type, apiVersion, ...body }: Predicted, named: Names): string {
  const extended = extendedBy(id);
  const scope = extended === undefined ? '' : `\n  scope: ${named.get(extended) ?? ''}`;
  const fields = literalOf(body, '', ['scope', 'dependsOn']).replace(/^\{/, `{${scope}`);
  return `resource ${named.get(id) ?? ''} '${type}@${apiVersion}' = ${fields}`;
}

function existing(id: string, named: Names): string {
  const type = 'Microsoft.OperationalInsights/workspaces@2025-07-01';
  return `resource ${named.get(id) ?? ''} '${type}' existing = {\n  name: '${id.slice(id.lastIndexOf('/') + 1)}'\n}`;
}
