import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { key } from './ids';
import type { ClusterObject, Fields, WireResource } from './wire';
import { fieldsOf, isFields, itemsOf, textOf } from './wire';

export interface Estate {
  readonly name: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Further subscriptions that Steward keeps. Absent: none. */
  readonly otherSubscriptionIds?: readonly string[];
  /** In an order in which a deployment could create them, without those that their parent's JSON contains. */
  readonly resources: readonly WireResource[];
  /** Tables of workspaces that receive rows, as the answers to a question of each tell. Absent: none. */
  readonly usage?: readonly TablesWithRows[];
  /** What is in its clusters. Absent: nothing. */
  readonly objects?: readonly ClusterObject[];
}

export interface TablesWithRows {
  readonly workspaceId: string;
  readonly tables: readonly string[];
}

/**
 * Reads a folder with an `estate.json`; `variants` names the manifest's variants whose resources are added. Throws an
 * Error that names the file when one is missing, is no JSON, or does not say what it has to.
 */
export async function loadEstate(folder: string, variants: readonly string[] = []): Promise<Estate> {
  const path = join(folder, 'estate.json');
  const manifest = await readJson(path);
  const known = fieldsOf(manifest, 'variants');
  const added = variants.flatMap((variant) => {
    if (isFields(known[variant])) return entriesOf(known[variant]['adds'], `variants.${variant}.adds`, path);
    throw new Error(`${path}: variant "${variant}" is wanted; there is ${Object.keys(known).join(', ') || 'none'}`);
  });
  const entries = [...entriesOf(manifest['resources'], 'resources', path), ...added].filter(({ partOf }) => !partOf);
  const resources = await Promise.all(entries.map((entry) => readResource(folder, entry)));
  const answered = await answeredResources(folder, manifest['responses']);
  const usage = await usageIn(folder, manifest['responses']);
  const objects = await objectsIn(folder, itemsOf(manifest['kubernetes']), path);
  const ids = new Set(resources.map(({ id }) => key(id)));
  return {
    name: textAt(manifest, 'name', path),
    tenantId: textAt(manifest, 'tenantId', path),
    subscriptionId: textAt(manifest, 'subscriptionId', path),
    otherSubscriptionIds: textsIn(manifest['otherSubscriptionIds']),
    resources: [...inOrderOfCreation(resources, entries), ...answered.filter(({ id }) => !ids.has(key(id)))],
    usage,
    objects,
  };
}

/** What lists of Resource Manager show that the manifest holds as whole answers, as the content of Sentinel. */
async function answeredResources(folder: string, responses: unknown): Promise<readonly WireResource[]> {
  const answers = itemsOf(responses).filter(({ host }) => host === 'management.azure.com');
  const bodies = await Promise.all(answers.map(({ path }) => readJson(join(folder, textOf(path)))));
  return bodies
    .flatMap((body) => itemsOf(body['value']))
    .flatMap((item) => {
      const id = textOf(item['id']);
      return id === '' ? [] : [{ ...item, id }];
    });
}

/** What workspaces answered when they were asked which tables receive rows. */
async function usageIn(folder: string, responses: unknown): Promise<readonly TablesWithRows[]> {
  const answers = itemsOf(responses).flatMap(({ path, request }) => {
    const workspaceId = /^GET (\/\S+\/workspaces\/[^/?]+)\/query\?/i.exec(textOf(request))?.[1];
    return workspaceId === undefined ? [] : [{ path: join(folder, textOf(path)), workspaceId }];
  });
  return Promise.all(
    answers.map(async ({ path, workspaceId }) => {
      const [table] = itemsOf((await readJson(path))['tables']);
      const rows = Array.isArray(table?.['rows']) ? (table['rows'] as readonly unknown[]) : [];
      return { workspaceId, tables: rows.flatMap((row) => (Array.isArray(row) ? [textOf(row[0])] : [])) };
    }),
  );
}

/** `<cluster id>/kubernetes/<group or core>/<version>/[namespaces/<namespace>/]<plural>/<name>`. */
const objectId = /^(.+)\/kubernetes\/([^/]+)\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)\/[^/]+$/i;

async function objectsIn(folder: string, entries: readonly Fields[], path: string): Promise<readonly ClusterObject[]> {
  return Promise.all(
    entries.map(async (entry, index) => {
      const id = textAt(entry, 'id', path, `kubernetes[${String(index)}].`);
      const [, clusterId = '', group = '', version = '', plural = ''] = objectId.exec(id) ?? [];
      if (plural === '') throw new Error(`${path}: ${id} is no id of an object in a cluster`);
      const object = await readJson(join(folder, textAt(entry, 'path', path, `kubernetes[${String(index)}].`)));
      return { clusterId, id, group: group === 'core' ? '' : group, version, plural, object };
    }),
  );
}

const textsIn = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];

interface Entry {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly partOf: boolean;
}

function entriesOf(list: unknown, name: string, path: string): readonly Entry[] {
  if (!Array.isArray(list)) throw new Error(`${path}: "${name}" must be a list`);
  return itemsOf(list).map((item, index) => {
    const at = (field: string): string => textAt(item, field, path, `${name}[${String(index)}].`);
    return { path: at('path'), id: at('id'), type: at('type'), partOf: item['partOf'] !== undefined };
  });
}

function textAt(fields: Fields, name: string, path: string, prefix = ''): string {
  const text = textOf(fields[name]);
  if (text === '') throw new Error(`${path}: "${prefix}${name}" must be a text`);
  return text;
}

async function readResource(folder: string, entry: Entry): Promise<WireResource> {
  const path = join(folder, entry.path);
  const resource = await readJson(path);
  const id = textAt(resource, 'id', path);
  if (key(id) !== key(entry.id)) throw new Error(`${path}: id ${entry.id} is wanted, ${id} was found`);
  return { ...resource, id };
}

async function readJson(path: string): Promise<Fields> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`${path}: cannot be read`, { cause: error });
  });
  const value = parse(text, path);
  if (!isFields(value)) throw new Error(`${path}: a JSON object is wanted`);
  return value;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: is no JSON`, { cause: error });
  }
}

/** Types in the order of a deployment: what others refer to comes before them. Unnamed types come after networks. */
const ranks: readonly (readonly string[])[] = [
  ['microsoft.resources/tenants', 'microsoft.management/managementgroups', 'microsoft.resources/subscriptions'],
  ['microsoft.resources/resourcegroups'],
  ['microsoft.authorization/policydefinitions'],
  ['microsoft.authorization/policysetdefinitions'],
  [
    'microsoft.operationalinsights/workspaces',
    'microsoft.managedidentity/userassignedidentities',
    'microsoft.storage/storageaccounts',
    'microsoft.network/networkwatchers',
    'microsoft.network/routetables',
    'microsoft.network/networksecuritygroups',
    'microsoft.network/publicipaddresses',
    'microsoft.network/ipgroups',
  ],
  ['microsoft.network/virtualnetworks'],
];
const flowLogs = 'microsoft.network/networkwatchers/flowlogs';

function inOrderOfCreation(resources: readonly WireResource[], entries: readonly Entry[]): readonly WireResource[] {
  const placed = resources.map((resource, index) => ({ resource, order: orderOf(entries[index]) }));
  return placed.sort((left, right) => compare(left.order, right.order)).map(({ resource }) => resource);
}

/** Rank of the type, then depth: a resource comes after the one whose id its own id continues. */
function orderOf(entry: Entry | undefined): readonly [number, number] {
  const type = key(entry?.type ?? '');
  const rank = ranks.findIndex((types) => types.includes(type));
  const last = type === flowLogs ? ranks.length + 1 : ranks.length;
  return [rank < 0 ? last : rank, (entry?.id ?? '').split('/').length];
}

const compare = (left: readonly [number, number], right: readonly [number, number]): number =>
  left[0] - right[0] || left[1] - right[1];

/** Ids of all subscriptions that Steward keeps, that of its own resource group first. */
export function subscriptionsOf({ subscriptionId, otherSubscriptionIds = [] }: Estate): readonly string[] {
  return [subscriptionId, ...otherSubscriptionIds];
}
