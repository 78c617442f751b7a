import type { Frame } from './compile-scope';
import type { ConditionReason } from './reasons';
import type { Truth } from './unknown';

/** A compiled condition: a fast answer, and on demand the reasons for it. */
export interface Check {
  /** The answer, when it depends on nothing but the parameters and the resource type. */
  readonly constant?: Truth;
  readonly test: (frame: Frame) => Truth;
  /** The conditions that made the answer `truth`, which it must be. */
  readonly explain: (frame: Frame, truth: boolean) => readonly ConditionReason[];
}
