import type { Control } from '../core/control';
import type { Finding, FindingState } from '../core/finding';
import { watches } from './watches';

export interface ControlPosture {
  readonly controlId: string;
  readonly title: string;
  /** Resources per state; `resolved` ones are right too and counted apart. */
  readonly states: Readonly<Record<FindingState, number>>;
  /** Milliseconds from event to proof; absent when nothing was put right yet. */
  readonly timeToCompliance?: { readonly p50: number; readonly p95: number; readonly count: number };
}

export interface Posture {
  readonly controls: readonly ControlPosture[];
  /** What Steward found out about itself. */
  readonly watches: readonly ControlPosture[];
  /** Messages that nobody could understand or that failed too often. */
  readonly poisoned: number;
}

export function postureOf(controls: readonly Control[], findings: readonly Finding[], poisoned: number): Posture {
  return {
    controls: controls.map((control) => postureOfControl(control, findings)),
    watches: Object.values(watches).map((watch) => postureOfControl(watch, findings)),
    poisoned,
  };
}

function postureOfControl({ id, title }: Pick<Control, 'id' | 'title'>, all: readonly Finding[]): ControlPosture {
  const findings = all.filter(({ controlId }) => controlId === id);
  const count = (state: FindingState): number => findings.filter((finding) => finding.state === state).length;
  const times = findings.flatMap(({ timeToCompliance }) => timeToCompliance ?? []).toSorted((a, b) => a - b);
  return {
    controlId: id,
    title,
    states: {
      open: count('open'),
      resolved: count('resolved'),
      compliant: count('compliant'),
      unknown: count('unknown'),
      notApplicable: count('notApplicable'),
      exempt: count('exempt'),
    },
    ...(times.length > 0 && {
      timeToCompliance: { p50: percentile(times, 50), p95: percentile(times, 95), count: times.length },
    }),
  };
}

/** Nearest rank, of sorted numbers. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
