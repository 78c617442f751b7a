import { notFound } from './answers';
import type { Cloud } from './cloud';
import type { Answer } from './wire';

/** What the caller may do at a scope. derived: here everybody may do everything. */
export function answerPermissions(cloud: Cloud, scope: string): Answer {
  if (cloud.read(scope) === undefined) return notFound.page();
  const everything = { actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] };
  return { status: 200, body: { value: [everything] } };
}
