import type { Grant, Scope } from './risk';

export const docs = 'https://kubernetes.io/docs';
export const practices = `${docs}/concepts/security/rbac-good-practices/`;
export const rbacDocs = `${docs}/reference/access-authn-authz/rbac/`;

export const write = ['create', 'update', 'patch'];
export const change = ['update', 'patch'];
export const writeOrDelete = ['create', 'update', 'patch', 'delete'];
export const proxied = ['get', 'create', 'update', 'patch', 'delete'];

const of = (scope: Scope) => (group: string, resources: readonly string[], verbs: readonly string[]) =>
  resources.map((resource): Grant => ({ group, resource, verbs, scope }));

export const namespaced = of('namespaced');
export const clusterWide = of('cluster');
export const both = of('both');
