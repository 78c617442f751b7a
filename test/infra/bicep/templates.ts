import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Bicep, Run } from './cli';

/** A resource as a deployment would send it, with expressions that only Azure can work out left as they are. */
export interface Predicted {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** All files of a kind below a folder, as paths from the root of the project. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .toSorted();
}

/** What the compiler and all rules of the linter say; empty when they have nothing to say. */
export function complaintsOf(run: Run): readonly string[] {
  const lines = run.stderr.split('\n').filter((line) => line.trim() !== '' && !/experimental/i.test(line));
  return run.status === 0 || lines.length > 0 ? lines : [`exit code ${run.status}`];
}

/** A compiled template, without what only tells which compiler made it. */
export function withoutGenerator(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutGenerator);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (key === '_generator' ? [] : [[key, withoutGenerator(each)]])),
  );
}

const subscriptionId = '00000000-0000-0000-0000-000000000001';
const tenantId = '00000000-0000-0000-0000-00000000aaaa';

/** What a deployment with these parameters would make, as Bicep predicts it without asking Azure. */
export function snapshotOf(bicep: Bicep, params: string): readonly Predicted[] {
  const isGroup = /^using '.*management-group\.bicep'/m.test(readFileSync(params, 'utf8'));
  const scope = isGroup ? ['--management-group-id', 'mg-regulated'] : ['--subscription-id', subscriptionId];
  const at = [...scope, '--tenant-id', tenantId, '--location', 'westeurope'];
  const file = params.replace(/\.bicepparam$/, '.snapshot.json');
  try {
    const run = bicep.run('snapshot', params, '--mode', 'overwrite', ...at);
    if (run.status !== 0) throw new Error(`${basename(params)}: ${complaintsOf(run).join('\n')}`);
    const { predictedResources } = JSON.parse(readFileSync(file, 'utf8')) as { predictedResources: Predicted[] };
    return predictedResources;
  } finally {
    rmSync(file, { force: true });
  }
}

export function inTemporaryFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'steward-infra-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
