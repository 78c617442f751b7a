import { containersOf, failure, fieldOf, plural, quoted, settersOf, sorted, valuesOf } from './failure';
import type { Check, Field } from './failure';
import { textIn, valueIn } from './fields';
import { optionIn, scopes, type Pod, type Scope } from './pod';

const safeProfiles = new Set(['RuntimeDefault', 'Localhost']);
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';
export const podSeccompAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerSeccompAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

export const appArmorProfile: Check = (pod) => {
  const fields = profilesOf(pod, 'appArmorProfile');
  const annotations = appArmorAnnotations(pod);
  const texts = sorted(annotations.map(annotationText));
  const values = [...(fields.length > 0 ? valuesOf(fields) : []), ...texts];
  const setters = [
    ...(fields.length > 0 ? [settersOf(fields)] : []),
    ...(texts.length > 0 ? [plural('annotation', texts.length)] : []),
  ];
  return failure(
    plural('forbidden AppArmor profile', values.length),
    [...fields, ...annotations],
    () => `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  );
};

function appArmorAnnotations(pod: Pod): readonly Field[] {
  return Object.keys(pod.annotations)
    .filter((key) => key.startsWith(appArmorAnnotation))
    .filter((key) => {
      const value = textIn(pod.annotations, key);
      return value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/');
    })
    .map((key) => annotation(pod, key, key.slice(appArmorAnnotation.length)));
}

/** Until 1.18 seccomp was asked for with annotations, and only those of containers that exist count. */
export const seccompAnnotations: Check = (pod) => {
  const keys = pod.containers.map(({ name }) => [`${containerSeccompAnnotation}${name}`, name] as const);
  const fields = [...new Map<string, string | undefined>([[podSeccompAnnotation, undefined], ...keys])]
    .filter(([key]) => valueIn(pod.annotations, key) !== undefined)
    .filter(([key]) => !isSeccompAnnotation(textIn(pod.annotations, key)))
    .map(([key, container]) => annotation(pod, key, container));
  return failure(
    'seccompProfile',
    fields,
    () => `forbidden ${plural('annotation', fields.length)} ${sorted(fields.map(annotationText)).join(', ')}`,
  );
};

function isSeccompAnnotation(value: string): boolean {
  return value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
}

function annotation(pod: Pod, key: string, container: string | undefined): Field {
  const path = `metadata.annotations[${key}]`;
  return { path, found: textIn(pod.annotations, key), ...(container !== undefined && { container }) };
}

function annotationText({ path, found }: Field): string {
  return `${path.slice('metadata.annotations['.length, -1)}=${JSON.stringify(found)}`;
}

export const baselineSeccomp: Check = (pod) =>
  failure(
    'seccompProfile',
    profilesOf(pod, 'seccompProfile'),
    (fields) => `${settersOf(fields)} must not set securityContext.seccompProfile.type to ${quoted(valuesOf(fields))}`,
  );

/** What is set wrongly is named first, and only where nothing is, what is missing. */
export const restrictedSeccomp: Check = (pod) => baselineSeccomp(pod) ?? missingSeccomp(pod);

const missingSeccomp: Check = (pod) => {
  const [ofPod, ...ofContainers] = scopes(pod).filter((scope) => optionIn(scope, 'seccompProfile') === undefined);
  if (ofPod === undefined || ofPod.container !== undefined) return undefined;
  return failure(
    'seccompProfile',
    ofContainers.map((scope) => fieldOf(scope, 'seccompProfile.type')),
    (fields) =>
      `pod or ${containersOf(fields)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  );
};

/** Every profile of a kind that is given and is not a safe one; one without a type is none. */
function profilesOf(pod: Pod, kind: 'appArmorProfile' | 'seccompProfile'): readonly Field[] {
  return scopes(pod).flatMap((scope) => {
    const profile = optionIn(scope, kind);
    if (profile === undefined || safeProfiles.has(textIn(profile, 'type'))) return [];
    return [fieldOf(scope, `${kind}.type`, textIn(profile, 'type'))];
  });
}

export function seLinuxOptions(types: readonly string[]): Check {
  const allowed = new Set(['', ...types]);
  return (pod) =>
    failure(
      'seLinuxOptions',
      scopes(pod).flatMap((scope) => seLinuxOf(scope, allowed)),
      seLinuxDetail,
    );
}

function seLinuxOf(scope: Scope, allowed: ReadonlySet<string>): readonly Field[] {
  const options = optionIn(scope, 'seLinuxOptions') ?? {};
  const type = textIn(options, 'type');
  return [
    ...(allowed.has(type) ? [] : [fieldOf(scope, 'seLinuxOptions.type', type)]),
    ...['user', 'role']
      .filter((key) => textIn(options, key) !== '')
      .map((key) => fieldOf(scope, `seLinuxOptions.${key}`, textIn(options, key))),
  ];
}

function seLinuxDetail(fields: readonly Field[]): string {
  const of = (key: string): readonly Field[] => fields.filter(({ path }) => path.endsWith(`.seLinuxOptions.${key}`));
  const types = valuesOf(of('type'));
  const wrong = [
    ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
    ...['user', 'role'].filter((key) => of(key).length > 0).map((key) => `${key} may not be set`),
  ];
  return `${settersOf(fields)} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}`;
}
