import { containersOf, failure, fieldOf, quoted, valuesOf, type Check, type Field } from './failure';
import { textsIn, valueIn } from './fields';
import { containerScopes, optionIn, type Scope } from './pod';

export const privileged: Check = (pod) =>
  failure(
    'privileged',
    containerScopes(pod)
      .filter((scope) => valueIn(scope.securityContext, 'privileged') === true)
      .map((scope) => fieldOf(scope, 'privileged', true)),
    (fields) => `${containersOf(fields)} must not set securityContext.privileged=true`,
  );

export const allowPrivilegeEscalation: Check = (pod) =>
  failure(
    'allowPrivilegeEscalation != false',
    containerScopes(pod)
      .filter((scope) => valueIn(scope.securityContext, 'allowPrivilegeEscalation') !== false)
      .map((scope) =>
        fieldOf(scope, 'allowPrivilegeEscalation', valueIn(scope.securityContext, 'allowPrivilegeEscalation')),
      ),
    (fields) => `${containersOf(fields)} must set securityContext.allowPrivilegeEscalation=false`,
  );

const ordinaryCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const baselineCapabilities: Check = (pod) =>
  failure(
    'non-default capabilities',
    containerScopes(pod).flatMap((scope) => addedBy(scope, ordinaryCapabilities)),
    addedDetail,
  );

/** Exactly `ALL`: the API server keeps `all` as it is written, and the runtime is not asked. */
export const restrictedCapabilities: Check = (pod) => {
  const kept = containerScopes(pod).flatMap(keptBy);
  const added = containerScopes(pod).flatMap((scope) => addedBy(scope, new Set(['NET_BIND_SERVICE'])));
  return failure('unrestricted capabilities', [...kept, ...added], () =>
    [
      ...(kept.length > 0 ? [`${containersOf(kept)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(added.length > 0 ? [addedDetail(added)] : []),
    ].join('; '),
  );
};

function keptBy(scope: Scope): readonly Field[] {
  const capabilities = optionIn(scope, 'capabilities') ?? {};
  if (textsIn(capabilities, 'drop').includes('ALL')) return [];
  return [fieldOf(scope, 'capabilities.drop', valueIn(capabilities, 'drop'))];
}

function addedBy(scope: Scope, allowed: ReadonlySet<string>): readonly Field[] {
  return textsIn(optionIn(scope, 'capabilities') ?? {}, 'add')
    .filter((name) => !allowed.has(name))
    .map((name) => fieldOf(scope, 'capabilities.add', name));
}

function addedDetail(fields: readonly Field[]): string {
  return `${containersOf(fields)} must not include ${quoted(valuesOf(fields))} in securityContext.capabilities.add`;
}

export const procMount: Check = (pod) =>
  failure(
    'procMount',
    containerScopes(pod).flatMap((scope) => {
      const found = valueIn(scope.securityContext, 'procMount');
      return found === undefined || found === 'Default' ? [] : [fieldOf(scope, 'procMount', found)];
    }),
    (fields) => `${containersOf(fields)} must not set securityContext.procMount to ${quoted(valuesOf(fields))}`,
  );
