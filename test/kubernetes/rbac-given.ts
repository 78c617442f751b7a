import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

const SHARED = resolve('../shared/kubernetes');

/** `test` where the files of `../shared/kubernetes` are there; elsewhere the test is skipped, and the output says so. */
export function testWithCases(path: string): jest.It {
  if (existsSync(resolve(SHARED, path))) return test;
  console.log(`skipped: ${resolve(SHARED, path)} is not there`);
  return test.skip as jest.It;
}

export const readCaseJson = (path: string): unknown => JSON.parse(readFileSync(resolve(SHARED, path), 'utf8'));

/** The objects of a YAML stream. */
export const readStream = (path: string): readonly unknown[] => objectsOf(readFileSync(resolve(SHARED, path), 'utf8'));

export const objectsOf = (yaml: string): readonly unknown[] =>
  [...parseAllDocuments(yaml)].map((document) => document.toJS() as unknown).filter((one) => one !== null);

const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

export interface GivenRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export const clusterRole = (name: string, rules: readonly GivenRule[], more: object = {}) => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
  ...more,
});

export const role = (namespace: string, name: string, rules: readonly GivenRule[]) => ({
  apiVersion,
  kind: 'Role',
  metadata: { namespace, name },
  rules,
});

/** `User jane`, `Group team`, `ServiceAccount app/web`. */
export function subjectNamed(text: string) {
  const [kind = '', name = ''] = text.split(' ');
  if (kind !== 'ServiceAccount') return { kind, name, apiGroup };
  const [namespace, account] = name.split('/');
  return { kind, name: account, namespace };
}

export const clusterBinding = (name: string, roleName: string, subjects: readonly string[], metadata: object = {}) => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name, ...metadata },
  roleRef: { apiGroup, kind: 'ClusterRole', name: roleName },
  subjects: subjects.map(subjectNamed),
});

/** `ref` is `Role name` or `ClusterRole name`. */
export function binding(namespace: string, name: string, ref: string, subjects: readonly string[]) {
  const [kind, roleName] = ref.split(' ');
  return {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { namespace, name },
    roleRef: { apiGroup, kind, name: roleName },
    subjects: subjects.map(subjectNamed),
  };
}

const ESTATE = resolve('../shared/estate');

/** As `testWithCases`, for the objects of the landing zone. */
export const testWithEstate = existsSync(ESTATE) ? test : skipped();

function skipped(): jest.It {
  console.log(`skipped: ${ESTATE} is not there`);
  return test.skip as jest.It;
}

/** Every Kubernetes object of the landing zone, as its manifest lists them. */
export function readEstateObjects(): readonly unknown[] {
  const { kubernetes } = JSON.parse(readFileSync(resolve(ESTATE, 'estate.json'), 'utf8')) as {
    readonly kubernetes: readonly { readonly path: string }[];
  };
  return kubernetes.map(({ path }) => JSON.parse(readFileSync(resolve(ESTATE, path), 'utf8')) as unknown);
}
