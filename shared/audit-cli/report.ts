import type { ManifestProblem } from '../kubernetes/manifests/read';
import type { Found } from './found';

/** All that a run has to tell. */
export interface Report {
  readonly found: readonly Found[];
  readonly problems: readonly ManifestProblem[];
}
