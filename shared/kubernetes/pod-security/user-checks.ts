import { containersOf, failure, fieldOf, settersOf, type Check } from './failure';
import { valueIn } from './fields';
import { containerScopes, scopes } from './pod';

/** An explicit false is refused even where every container says otherwise. */
export const runAsNonRoot: Check = (pod) => asRoot(pod) ?? perhapsAsRoot(pod);

const asRoot: Check = (pod) =>
  failure(
    'runAsNonRoot != true',
    scopes(pod)
      .filter((scope) => valueIn(scope.securityContext, 'runAsNonRoot') === false)
      .map((scope) => fieldOf(scope, 'runAsNonRoot', false)),
    (fields) => `${settersOf(fields)} must not set securityContext.runAsNonRoot=false`,
  );

const perhapsAsRoot: Check = (pod) => {
  if (valueIn(pod.securityContext, 'runAsNonRoot') === true) return undefined;
  return failure(
    'runAsNonRoot != true',
    containerScopes(pod)
      .filter((scope) => valueIn(scope.securityContext, 'runAsNonRoot') !== true)
      .map((scope) => fieldOf(scope, 'runAsNonRoot')),
    (fields) => `pod or ${containersOf(fields)} must set securityContext.runAsNonRoot=true`,
  );
};

export const runAsUser: Check = (pod) =>
  failure(
    'runAsUser=0',
    scopes(pod)
      .filter((scope) => valueIn(scope.securityContext, 'runAsUser') === 0)
      .map((scope) => fieldOf(scope, 'runAsUser', 0)),
    (fields) => `${settersOf(fields)} must not set runAsUser=0`,
  );
