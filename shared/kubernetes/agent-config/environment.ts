import { at, fieldsIn, textOf, type Fields } from '../fields';
import type { KubernetesObject } from '../object';
import { containersOf, isOwned } from '../pod-template';

/** Variables of containers that come from a Secret and end up in the workspace, as `team-a/web: PASSWORD`. */
export function secretsIn(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .filter((object) => !isOwned(object))
    .flatMap((object) => {
      const names = containersOf(object).filter(isRead).flatMap(secretsOf);
      return names.length === 0 ? [] : [`${object.metadata.namespace}/${object.metadata.name}: ${names.join(' ')}`];
    });
}

/** A container keeps its variables to itself by one of them. */
function isRead({ env }: Fields): boolean {
  return !fieldsIn(env).some(
    ({ name, value }) => name === 'AZMON_COLLECT_ENV' && textOf(value).toLowerCase() === 'false',
  );
}

function secretsOf({ env, envFrom }: Fields): readonly string[] {
  const single = fieldsIn(env).filter((one) => at(one, 'valueFrom', 'secretKeyRef') !== undefined);
  const whole = fieldsIn(envFrom).flatMap(({ secretRef }) =>
    secretRef === undefined ? [] : [textOf(at(secretRef, 'name'))],
  );
  return [...single.map(({ name }) => textOf(name)), ...whole.map((name) => `all of ${name}`)];
}
