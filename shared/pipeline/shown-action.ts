import { createHash } from 'node:crypto';
import type { Action } from '../core/control';
import { keyOf, nameOf, same } from '../core/resource';
import type { ShownAction } from '../core/run';
import { differencesOf, type FieldDifference } from '../core/what-if';

/** A write with its differences, and what tells later whether it is still the same. */
export function shown(action: Action): ShownAction {
  const { id, summary, before } = action;
  const differences = differencesOf(action);
  return { id, summary, hash: hashOf(action), differences, ...(before !== undefined && { body: fieldsOf(action) }) };
}

/** The same writes have the same hash, whatever the order of their fields and the case of their ids is. */
export function hashOf({ id, body, without = [], otherwise }: Action): string {
  const instead = otherwise && { code: otherwise.code, actions: otherwise.actions.map(hashOf) };
  const text = canonical({ id: keyOf(id), body, without: without.toSorted(), otherwise: instead });
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

/** Every field that the write sets, as if nothing were there. */
function fieldsOf({ id, body, summary, permission }: Action): readonly FieldDifference[] {
  return differencesOf({ id, body, summary, permission });
}

/** Each field that would be written now and is not as it was shown: as it was shown, and as it would be written. */
export function changedSince(shownBefore: readonly ShownAction[], now: readonly Action[]): readonly FieldDifference[] {
  const known = new Set(shownBefore.map(({ hash }) => hash));
  return now
    .filter((action) => !known.has(hashOf(action)))
    .flatMap((action) => {
      const before = shownBefore.find(({ id }) => same(id, action.id));
      return between(before === undefined ? [] : (before.body ?? before.differences), fieldsOf(action)).map(
        ({ path, ...rest }) => ({ path: `${nameOf(action.id)}: ${path}`, ...rest }),
      );
    });
}

function between(shownFields: readonly FieldDifference[], nowFields: readonly FieldDifference[]): FieldDifference[] {
  const [was, is] = [valuesIn(shownFields), valuesIn(nowFields)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const [before, after] = [was.get(path), is.get(path)];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
}

function valuesIn(fields: readonly FieldDifference[]): ReadonlyMap<string, FieldDifference['after']> {
  return new Map(fields.map(({ path, after }) => [path, after]));
}
