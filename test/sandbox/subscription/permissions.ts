import { notFound } from './answers';
import { reaches } from './authorization';
import type { Cloud } from './cloud';
import type { Answer, Request } from './wire';

/** What the caller may do at a scope: one entry for each role, as Azure answers. */
export function answerPermissions(cloud: Cloud, { caller }: Request, scope: string): Answer {
  if (cloud.read(scope) === undefined) return notFound.page();
  const none = { notActions: [], notDataActions: [] };
  if (cloud.grants === undefined || caller !== 'steward')
    return { status: 200, body: { value: [{ actions: ['*'], dataActions: ['*'], ...none }] } };
  const held = cloud.grants.filter((grant) => reaches(grant.scope, scope));
  const value = held.map(({ actions, dataActions = [] }) => ({ actions, dataActions, ...none }));
  return { status: 200, body: { value } };
}
