/** The effects of Azure Policy («Azure Policy: effects»), in lower case, by what they ask of an existing resource. */
export type EffectClass = 'rule' | 'existence' | 'manual' | 'request' | 'disabled';

/** The effect of a rule as it is written; `kind` is undefined for one that Azure Policy does not have. */
export interface Effect {
  readonly name: string;
  readonly kind: EffectClass | undefined;
}

export const effectNamed = (name: string): Effect => ({ name, kind: effectClassOf(name) });

const effectClassOf = (effect: string): EffectClass | undefined => CLASSES.get(effect.toLowerCase());

const CLASSES: ReadonlyMap<string, EffectClass> = new Map([
  ['addtonetworkgroup', 'rule'],
  ['append', 'rule'],
  ['audit', 'rule'],
  ['auditaction', 'request'],
  ['auditifnotexists', 'existence'],
  ['deny', 'rule'],
  ['denyaction', 'request'],
  ['deployifnotexists', 'existence'],
  ['disabled', 'disabled'],
  ['enforceopaconstraint', 'rule'],
  ['enforceregopolicy', 'rule'],
  ['manual', 'manual'],
  ['modify', 'rule'],
  ['mutate', 'rule'],
]);
