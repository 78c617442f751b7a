import type { Severity } from '../core/verdict';

/** What Steward watches about itself. Its findings are on Steward's own resource group. */
export interface Watch {
  /** ControlId in Sentinel; permanent, and of no control. */
  readonly id: string;
  /** The good state, as a sentence. */
  readonly title: string;
  /** The severity of its worst violation. */
  readonly severity: Severity;
}

export const watches = {
  exemptions: {
    id: 'exemptions',
    title: 'Exemptions are readable, valid, needed and within their time',
    severity: 'high',
  },
  circuitBreaker: {
    id: 'circuit-breaker',
    title: 'No control had to be stopped from writing',
    severity: 'high',
  },
  scopeFilters: {
    id: 'scope-filters',
    title: 'The filters that say where may be written are understood',
    severity: 'high',
  },
} as const satisfies Readonly<Record<string, Watch>>;
