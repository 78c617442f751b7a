import type { Grant, Risk } from './risk';
import { risks } from './risks';
import { allows, type Rule } from './rule';
import { ruleShapes } from './shapes';
import { traits, type TraitId } from './traits';

/** Which grants of the catalogue, and which shapes, a rule or a set of rules has: one bit each, so that a union is cheap. */
export type Marks = bigint;

interface Marked {
  readonly risk: Risk;
  readonly grants: readonly { readonly grant: Grant; readonly bit: Marks }[];
}

const shapeBits = ruleShapes.map((shape, index) => ({ shape, bit: 1n << BigInt(index) }));

let next = ruleShapes.length;
const traitBits = traits.map((trait) => ({ trait, bit: 1n << BigInt(next++) }));
const marked: readonly Marked[] = risks.map((risk) => ({
  risk,
  grants: risk.grants.map((grant) => ({ grant, bit: 1n << BigInt(next++) })),
}));

const grantBits = marked.flatMap(({ grants }) => grants);

/** What one rule grants of the catalogue. A rule that names objects grants nothing of it: no name is asked for. */
export function marksOfRule(rule: Rule): Marks {
  let marks = 0n;
  for (const { shape, bit } of shapeBits) if (shape.fits(rule)) marks |= bit;
  for (const { trait, bit } of traitBits) if (trait.fits(rule)) marks |= bit;
  if (rule.resources.length === 0) return marks;
  for (const { grant, bit } of grantBits) if (gives(rule, grant)) marks |= bit;
  return marks;
}

function gives(rule: Rule, { group, resource, verbs }: Grant): boolean {
  return verbs.some((verb) => allows(rule, { verb, group, resource }));
}

export function marksOfRules(rules: readonly Rule[]): Marks {
  let marks = 0n;
  for (const rule of rules) marks |= marksOfRule(rule);
  return marks;
}

export function shapesIn(marks: Marks): readonly string[] {
  return shapeBits.filter(({ bit }) => (marks & bit) !== 0n).map(({ shape }) => shape.id);
}

export function traitsIn(marks: Marks): readonly TraitId[] {
  return traitBits.filter(({ bit }) => (marks & bit) !== 0n).map(({ trait }) => trait.id);
}

/** The risks of what is granted everywhere. Those of one namespace only are not among them. */
export function risksEverywhere(marks: Marks): readonly string[] {
  return marked
    .filter(({ risk }) => risk.onlyIn === undefined)
    .filter((one) => has(one, ({ bit }) => (marks & bit) !== 0n))
    .map(({ risk }) => risk.id);
}

/**
 * The risks inside a namespace, of what is granted in it and what is granted everywhere. The union is judged: a risk
 * that needs two grants may come from two roles.
 */
export function risksInside(namespace: string, inIt: Marks, everywhere: Marks): readonly string[] {
  return marked
    .filter(({ risk }) => risk.onlyIn === undefined || risk.onlyIn === namespace)
    .filter((one) =>
      has(one, ({ grant, bit }) => ((grant.scope === 'cluster' ? everywhere : inIt | everywhere) & bit) !== 0n),
    )
    .map(({ risk }) => risk.id);
}

function has({ risk, grants }: Marked, granted: (one: Marked['grants'][number]) => boolean): boolean {
  return risk.all === true ? grants.every(granted) : grants.some(granted);
}

/** The only namespaces in which something is a risk that is none elsewhere. */
export const specialNamespaces: readonly string[] = [...new Set(risks.flatMap(({ onlyIn }) => onlyIn ?? []))];
