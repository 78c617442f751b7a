import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../shared/policy-cli/run';
import type { Output } from '../../shared/policy-cli/output';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file with a text, or with JSON, in a folder that is empty before each test. */
export function file(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export const folderOf = (): string => folder;

export const policy = (...args: readonly string[]): Output => run(args, '2026-03-01T12:00:00.000Z');

export const subscription = '/subscriptions/11111111-1111-1111-1111-111111111111';
export const group = `${subscription}/resourceGroups/rg-app`;

export const cluster = {
  id: `${group}/providers/Microsoft.ContainerService/managedClusters/aks-1`,
  name: 'aks-1',
  type: 'Microsoft.ContainerService/managedClusters',
  location: 'eastus2',
  properties: { kubernetesVersion: '1.29.2', apiServerAccessProfile: { enablePrivateCluster: true } },
};

/** A violation when the cluster has no disk encryption set. */
export const definition = {
  mode: 'Indexed',
  parameters: { effect: { type: 'String', defaultValue: 'Audit' }, wanted: { type: 'String', defaultValue: '' } },
  policyRule: {
    if: {
      allOf: [
        { field: 'type', equals: cluster.type },
        { field: `${cluster.type}/diskEncryptionSetID`, equals: "[parameters('wanted')]" },
      ],
    },
    then: { effect: "[parameters('effect')]" },
  },
};

/** A violation when the cluster has no diagnostic setting with a workspace. */
export const existence = {
  mode: 'All',
  policyRule: {
    if: { field: 'type', equals: cluster.type },
    then: {
      effect: 'auditIfNotExists',
      details: {
        type: 'Microsoft.Insights/diagnosticSettings',
        existenceCondition: { field: 'Microsoft.Insights/diagnosticSettings/workspaceId', exists: true },
      },
    },
  },
};

/** Always applicable, a violation when the condition holds. */
export const ruleOf = (condition: unknown, effect = 'audit') => ({
  mode: 'All',
  policyRule: { if: condition, then: { effect } },
});
