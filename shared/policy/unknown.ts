/**
 * Why a question has no answer.
 * - `evaluation-failed`: Azure cannot answer either (a wrong type, an index outside, a limit)
 * - `related-unreadable`, `alias-unknown`, `parameter-missing`, `context-missing`, `definition-missing`: Azure can, we lack something
 * - `unpredictable`: a value that only Azure can compute (`uniqueString`)
 * - `delegated`: judged in the data plane, by the cluster's policy add-on for `Microsoft.Kubernetes.Data`
 * - `unsupported`: a construct that this engine does not evaluate, an attestation by a person
 */
export type UnknownKind =
  | 'evaluation-failed'
  | 'related-unreadable'
  | 'alias-unknown'
  | 'parameter-missing'
  | 'context-missing'
  | 'definition-missing'
  | 'unpredictable'
  | 'delegated'
  | 'unsupported';

/** The value of something that could not be found out, with the place in the rule (`if.allOf[1].value`). */
export class Unknown {
  readonly kind: UnknownKind;
  readonly message: string;
  readonly path: string;

  constructor(kind: UnknownKind, message: string, path = '') {
    this.kind = kind;
    this.message = message;
    this.path = path;
  }

  /** The same at a place, unless it already has one that is more exact. */
  at(path: string): Unknown {
    return this.path === '' ? new Unknown(this.kind, this.message, path) : this;
  }

  /** Nothing after a failure can save the evaluation; what we merely lack may turn out not to matter. */
  get final(): boolean {
    return this.kind === 'evaluation-failed';
  }
}

export const failed = (message: string): Unknown => new Unknown('evaluation-failed', message);

/** The outcome of a condition: three values. */
export type Truth = boolean | Unknown;

export const not = (truth: Truth): Truth => (truth instanceof Unknown ? truth : !truth);

/** Of two things that are unknown, the one that says more: a failure, or else the first. */
export const graver = (first: Unknown | undefined, second: Unknown): Unknown =>
  first === undefined || second.final ? second : first;
