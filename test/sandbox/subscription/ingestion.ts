import { refusal } from './answers';
import type { Cloud } from './cloud';
import { same } from './ids';
import type { Answer, Fields, Request } from './wire';
import { fieldsOf, isFields, itemsOf, textOf } from './wire';

export const ingestionAudience = 'https://monitor.azure.com';

const ingestionPath = /^\/dataCollectionRules\/([^/]+)\/streams\/([^/]+)$/i;
export const isIngestion = (path: string): boolean => ingestionPath.test(path);

/** Bytes of one call, compressed or not, and of one value (Azure Monitor service limits). */
export const callLimit = 1_048_576;
const valueLimit = 65_536;

export type Rows = Map<string, Record<string, unknown>[]>;

/** The logs ingestion API. derived: codes and texts of its refusals, but for the one about the length. */
export function ingest(cloud: Cloud, request: Request, bytes: number, tables: Rows): Answer {
  const [, immutableId = '', stream = ''] = ingestionPath.exec(request.path) ?? [];
  if (request.method !== 'POST') return refusal(405, 'MethodNotAllowed', 'Only POST is supported.');
  if (request.query.get('api-version') === null) {
    return refusal(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
  }
  if (bytes > callLimit) {
    return refusal(
      413,
      'ContentLengthLimitExceeded',
      `Maximum allowed content length: ${String(callLimit)} bytes (1 MB). Provided content length: ${String(bytes)} bytes.`,
    );
  }
  const rule = [...cloud.store.ofType('Microsoft.Insights/dataCollectionRules')].find((candidate) =>
    same(textOf(candidate.properties?.['immutableId']), immutableId),
  );
  if (rule === undefined) {
    return refusal(404, 'NotFound', `Data collection rule with immutable Id '${immutableId}' not found.`);
  }
  const declarations = fieldsOf(rule.properties, 'streamDeclarations');
  const name = Object.keys(declarations).find((declared) => same(declared, stream));
  if (name === undefined) return refusal(400, 'InvalidStream', `Invalid stream name ${stream}.`);
  if (!Array.isArray(request.body) || !request.body.every(isFields)) {
    return refusal(400, 'InvalidPayload', 'The request body must be a JSON array of objects.');
  }
  const columns = itemsOf(fieldsOf(declarations, name)['columns']).map((column) => textOf(column['name']));
  const rows = request.body.map((row) => accept(row, columns));
  const table = tables.get(name) ?? [];
  table.push(...rows);
  tables.set(name, table);
  return { status: 204 };
}

/** Azure says nothing about columns that the stream does not declare, nor about values that are too long. */
function accept(row: Fields, columns: readonly string[]): Record<string, unknown> {
  const known = Object.entries(row).filter(([name]) => columns.includes(name));
  return Object.fromEntries(known.map(([name, value]) => [name, truncate(value)]));
}

function truncate(value: unknown): unknown {
  if (typeof value !== 'string' || Buffer.byteLength(value) <= valueLimit) return value;
  return Buffer.from(value).subarray(0, valueLimit).toString();
}
