import type { CaseFiles } from '../case-files';
import type { CaseResults } from '../case-results';
import { readManifests } from '../manifests/read';
import type { KubernetesObject } from '../object';
import { asStored } from './as-stored';
import type { Level } from './checks';
import { isObject, objectIn, objectsIn, textIn, valueIn, type JsonObject } from './fields';
import { readPod, type Pod } from './pod';
import { checksOf, failuresOf, minorOf } from './standard';
import { hasPods, podSourceOf } from './workloads';

/** Cases of the Pod Security Standards: `index.json` with a pod each in `cases/<id>.yaml`, and `units.json`. */
export function standardCases(files: CaseFiles): CaseResults {
  const pods = casesIn(files, 'index.json').map((one) => {
    const id = textIn(one, 'id');
    const { manifests } = readManifests(files.read(`cases/${id}.yaml`), `${id}.yaml`);
    return [
      id,
      standardCase(
        manifests.map(({ object }) => object),
        objectsIn(one, 'expect'),
      ),
    ] as const;
  });
  const units = casesIn(files, 'units.json').map((unit) => [textIn(unit, 'source'), unitCase(unit)] as const);
  const failures = [...pods, ...units].flatMap(([name, failure]) =>
    failure === undefined ? [] : [`${name}: ${failure}`],
  );
  return { passed: pods.length + units.length - failures.length, failures };
}

function casesIn(files: CaseFiles, name: string): readonly JsonObject[] {
  const file: unknown = files.names.includes(name) ? JSON.parse(files.read(name)) : {};
  return isObject(file) ? objectsIn(file, 'cases') : [];
}

/**
 * Compares what is expected of pods (`level`, `from`, `to`, `verdict`, and the `check` that has to be among those that fail)
 * with what is found at every minor version. Undefined: it agrees; else it says what was expected and what came.
 */
export function standardCase(objects: readonly KubernetesObject[], expect: readonly JsonObject[]): string | undefined {
  const pods = objects.filter(hasPods).map((object) => readPod(asStored(podSourceOf(object).template)));
  if (pods.length === 0) return 'there is no pod in it';
  return expect.map((one) => disagreement(pods, one)).find((text) => text !== undefined);
}

function disagreement(pods: readonly Pod[], expectation: JsonObject): string | undefined {
  const [level, verdict, check] = [
    textIn(expectation, 'level'),
    textIn(expectation, 'verdict'),
    textIn(expectation, 'check'),
  ];
  if (!isLevel(level)) return `there is no level ${level}`;
  const last = minorOf(textIn(expectation, 'to'));
  for (let minor = minorOf(textIn(expectation, 'from')); minor <= last; minor += 1) {
    const failed = pods
      .flatMap((pod) => failuresOf(pod, level === 'privileged' ? [] : checksOf(level, minor)))
      .map(({ id }) => id);
    const isRefused = failed.length > 0 && (check === '' || failed.includes(check));
    const agrees = verdict === 'pass' ? failed.length === 0 : isRefused;
    if (!agrees)
      return `${[verdict, check].join(' ').trim()} is expected at ${level} 1.${minor}, not ${failed.join(', ') || 'pass'}`;
  }
  return undefined;
}

/** What is privileged may do everything. */
function isLevel(level: string): level is Level | 'privileged' {
  return level === 'privileged' || level === 'baseline' || level === 'restricted';
}

/** Runs a case of one check on one pod as it is stored: `check`, `since`, `pod`, `allowed`, and the texts of a refusal. */
export function unitCase(unit: JsonObject): string | undefined {
  const [id, since] = [textIn(unit, 'check'), textIn(unit, 'since')];
  const levels: readonly Level[] = ['baseline', 'restricted'];
  const running = levels.flatMap((level) => checksOf(level, minorOf(since))).find((one) => one.id === id);
  if (running === undefined) return `there is no check ${id} at ${since}`;
  const failed = running.check(readPod(objectIn(unit, 'pod')));
  const found = failed === undefined ? 'allowed' : `${failed.reason}: ${failed.detail}`;
  const isAllowed = valueIn(unit, 'allowed') === true;
  const expected = isAllowed ? 'allowed' : `${textIn(unit, 'reason')}: ${textIn(unit, 'detail')}`;
  return found === expected ? undefined : `${expected} is expected, not ${found}`;
}
