import { latest } from './observe';
import type { Remediation } from './remediate';

/** After how many seconds a scope comes back, and whether it was refused or only waits for room under Azure's limits. */
export interface Again {
  readonly retryAfter: number;
  readonly waits: boolean;
}

export function refused(retryAfter: number | undefined): Again | undefined {
  return retryAfter === undefined ? undefined : { retryAfter, waits: false };
}

interface Ran {
  readonly remediation?: Remediation;
  readonly retryAfter: number | undefined;
}

/** What several controls ask for: the longest wait, which is a try as soon as one of them was refused. */
export function againOf(rans: readonly Ran[]): Again | undefined {
  const back = rans.filter(({ retryAfter }) => retryAfter !== undefined);
  const retryAfter = latest(back.map((ran) => ran.retryAfter));
  if (retryAfter === undefined) return undefined;
  return { retryAfter, waits: back.every(({ remediation }) => remediation?.outcome?.waits === true) };
}
