import type { KubernetesObject } from '../object';
import type { Level } from './checks';
import { objectIn, textIn, valueIn, type JsonObject } from './fields';
import { asStored } from './as-stored';
import { readPod, type Pod } from './pod';
import { checksOf, failuresOf, minorOf } from './standard';
import { hasPods, podSourceOf } from './workloads';

/** What is expected of a pod at one level, from one minor version to another. */
export interface Expectation {
  readonly level: string;
  readonly from: string;
  readonly to: string;
  readonly verdict: string;
  /** The check that has to be among those that fail. */
  readonly check?: string;
}

/** Agreement on every object, level and version is undefined; else it says what was expected and what came. */
export function standardCase(objects: readonly KubernetesObject[], expect: readonly Expectation[]): string | undefined {
  const pods = objects.filter(hasPods).map((object) => readPod(asStored(podSourceOf(object).template)));
  if (pods.length === 0) return 'there is no pod in it';
  return expect.map((one) => disagreement(pods, one)).find((text) => text !== undefined);
}

function disagreement(pods: readonly Pod[], expectation: Expectation): string | undefined {
  const { level, from, to, verdict, check } = expectation;
  if (level !== 'baseline' && level !== 'restricted') return `there is no level ${level}`;
  const [first, last] = [minorOf(from), minorOf(to)];
  for (let minor = first; minor <= last; minor += 1) {
    const failed = pods.flatMap((pod) => failuresOf(pod, checksOf(level, minor))).map(({ id }) => id);
    const agrees = verdict === 'pass' ? failed.length === 0 : failed.includes(check ?? failed[0] ?? '');
    if (!agrees) return `${wanted(verdict, check)} at ${level} 1.${minor}, not ${failed.join(', ') || 'pass'}`;
  }
  return undefined;
}

function wanted(verdict: string, check: string | undefined): string {
  return `${verdict}${check === undefined ? '' : ` (${check})`} is expected`;
}

/** Runs a case of one check on one pod as it is stored: `check`, `since`, `pod`, `allowed`, and the texts of a refusal. */
export function unitCase(unit: JsonObject): string | undefined {
  const [id, since] = [textIn(unit, 'check'), textIn(unit, 'since')];
  const levels: readonly Level[] = ['baseline', 'restricted'];
  const running = levels.flatMap((level) => checksOf(level, minorOf(since))).find((one) => one.id === id);
  if (running === undefined) return `there is no check ${id} at ${since}`;
  const failed = running.check(readPod(objectIn(unit, 'pod')));
  const found = failed === undefined ? 'allowed' : `${failed.reason}: ${failed.detail}`;
  const expected =
    valueIn(unit, 'allowed') === true ? 'allowed' : `${textIn(unit, 'reason')}: ${textIn(unit, 'detail')}`;
  return found === expected ? undefined : `${expected} is expected, not ${found}`;
}
