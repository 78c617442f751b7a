import { InputError } from '../../core/errors';
import { newestMinor, standardChecks, type Level, type StandardCheck } from './checks';
import type { Check, Failure } from './failure';
import type { Pod } from './pod';

/** A check that refuses the pod. */
export interface FailedCheck extends Failure {
  readonly id: string;
  readonly level: Level;
}

export interface RunningCheck {
  readonly id: string;
  readonly level: Level;
  readonly check: Check;
}

/** What the checks refuse about the pod. */
export function failuresOf(pod: Pod, checks: readonly RunningCheck[]): readonly FailedCheck[] {
  return checks.flatMap(({ id, level, check }) => {
    const failed = check(pod);
    return failed === undefined ? [] : [{ id, level, ...failed }];
  });
}

/**
 * The checks of a level at a minor version; newer versions than are known count as the newest. A check of *restricted* that
 * already runs takes the place of the one of *baseline* that it overrides.
 */
export function checksOf(level: Level, minor: number): readonly RunningCheck[] {
  const running = standardChecks
    .filter((one) => level === 'restricted' || one.level === 'baseline')
    .flatMap((one) => runningAt(one, minor));
  const overridden = new Set(running.map(({ overrides }) => overrides));
  return running.filter(({ id }) => !overridden.has(id));
}

function runningAt(one: StandardCheck, minor: number): readonly (RunningCheck & { overrides?: string })[] {
  const check = one.versions.findLast(([since]) => since <= minor)?.[1];
  if (check === undefined) return [];
  const { id, level, overrides } = one;
  return [{ id, level, check, ...(overrides !== undefined && { overrides }) }];
}

/**
 * The minor version of `1.31`, `v1.31.4-aks` or `1.31+`; without a text and for `latest` the newest known one.
 * Throws InputError for anything else.
 */
export function minorOf(version = 'latest'): number {
  if (version === 'latest') return newestMinor;
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:[.+-].*)?$/.exec(version.trim()) ?? [];
  if (major === undefined || major === '0') {
    throw new InputError(
      `"${version.slice(0, 40)}" is not a version of Kubernetes; one such as 1.${newestMinor}, or latest, is needed`,
    );
  }
  return major === '1' ? Math.min(Number(minor), newestMinor) : newestMinor;
}
