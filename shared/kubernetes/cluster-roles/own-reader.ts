import { readKinds } from '../kinds';
import type { Binding } from '../permissions/binding';
import type { Permissions } from '../permissions/permissions';
import type { Rule } from '../permissions/rule';

/** The name that `infra/kubernetes/reader.yaml` gives to the role and to its binding. */
const READER = 'steward-reader';

const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether a binding is the one by which Steward reads a cluster. Anybody can choose the name, so it counts only when it names
 * one identity by its object id, and the role lists kinds that Steward reads, some by name, and grants nothing else.
 */
export function isOwnReader(binding: Binding, model: Permissions): boolean {
  const [subject, ...others] = binding.subjects;
  const role = model.roleOf(binding);
  return (
    binding.kind === 'ClusterRoleBinding' &&
    binding.name === READER &&
    role?.title === `ClusterRole ${READER}` &&
    others.length === 0 &&
    subject?.kind === 'User' &&
    objectId.test(subject.name) &&
    role.selectors.length === 0 &&
    role.rules.every(onlyLists)
  );
}

const lists = new Map(readKinds.map(({ group, plural, names }) => [`${group}/${plural}`, { names }]));

function onlyLists({ apiGroups, resources, resourceNames, verbs, nonResourceURLs }: Rule): boolean {
  const listed = apiGroups.flatMap((group) => resources.map((resource) => lists.get(`${group}/${resource}`)));
  return (
    nonResourceURLs.length === 0 &&
    verbs.every((verb) => verb === 'list') &&
    listed.every((kind) => kind !== undefined && isWithin(resourceNames, kind.names))
  );
}

/** A rule without names is one for all of them. */
function isWithin(granted: readonly string[], names: readonly string[] | undefined): boolean {
  return names === undefined || (granted.length > 0 && granted.every((name) => names.includes(name)));
}
