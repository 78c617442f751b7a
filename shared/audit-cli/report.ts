import type { ManifestProblem } from '../kubernetes/manifests/read';
import type { Found } from './found';

/** All that a run has to tell. */
export interface Report {
  /** The folder or file that was read, as it was given. */
  readonly path: string;
  readonly found: readonly Found[];
  readonly problems: readonly ManifestProblem[];
}
