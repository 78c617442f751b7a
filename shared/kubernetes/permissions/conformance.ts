import { fieldsOf, isFields, listOf, textOf, type Fields } from './fields';
import { everything, Permissions } from './permissions';
import type { RisksByPlace } from './places';
import { roleTitleOf } from './binding';
import { isMasters } from './binding-shapes';
import { subjectTitle } from './subject';

type Sets = Readonly<Record<string, readonly string[]>>;

/** Where the model's answer about some objects differs from what is expected; nothing when they agree. */
export function differencesOf(objects: readonly unknown[], expect: unknown): readonly string[] {
  const model = new Permissions(objects);
  return [
    ...inSets('roles', setsOf(fieldsOf(expect, 'roles')), rolesOf(model)),
    ...inSets('bindings', setsOf(fieldsOf(expect, 'bindings')), bindingsOf(model)),
    ...ofSubjects(fieldsOf(expect, 'subjects'), model),
    ...inLists('dangling', textsOf(expect, 'dangling').filter(isStoredIn(model)), danglingOf(model)),
    ...ofRejected(textsOf(expect, 'rejected'), model),
    ...ofPods(listOf(expect, 'pods'), model),
  ];
}

interface Answer {
  readonly sets: Sets;
  /** Objects of these titles were refused: nothing of them is stored, and what they say is nobody's matter. */
  readonly refused: readonly string[];
}

function rolesOf(model: Permissions): Answer {
  return {
    sets: Object.fromEntries(model.roles.map((role) => [role.title, model.risksOfRole(role)])),
    refused: refusedIn(model.roles),
  };
}

function bindingsOf(model: Permissions): Answer {
  return {
    sets: Object.fromEntries(model.bindings.map((binding) => [binding.title, model.shapesOf(binding)])),
    refused: refusedIn(model.bindings),
  };
}

const refusedIn = (objects: readonly { readonly title: string; readonly complaints: readonly string[] }[]) =>
  objects.filter(({ complaints }) => complaints.length > 0).map(({ title }) => title);

/** Whether a binding that is expected to dangle is not one that is refused. */
function isStoredIn(model: Permissions): (text: string) => boolean {
  const refused = refusedIn(model.bindings);
  return (text) => !refused.some((title) => text.startsWith(`${title} -> `));
}

function danglingOf(model: Permissions): readonly string[] {
  return model.dangling.map((binding) => `${binding.title} -> ${roleTitleOf(binding)}`);
}

function inSets(what: string, expected: Sets, { sets, refused }: Answer): readonly string[] {
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(sets)])];
  return keys
    .filter((key) => !refused.includes(key))
    .flatMap((key) => {
      const wanted = expected[key];
      const found = sets[key];
      if (wanted === undefined) return [`${what}: ${key} is not expected`];
      if (found === undefined) return [`${what}: ${key} is missing`];
      return inLists(`${what}: ${key}`, wanted, found);
    });
}

/** A subject that is not named has nothing, as one that is named with nothing. */
function ofSubjects(expected: Fields, model: Permissions): readonly string[] {
  const subjects = new Map(model.subjects.map((subject) => [subjectTitle(subject), subject]));
  return [...new Set([...Object.keys(expected), ...subjects.keys()])].flatMap((title) => {
    const subject = subjects.get(title);
    const wanted = setsOf(fieldsOf(expected, title));
    const found = subject === undefined ? {} : model.risksOf(subject);
    const differences = inPlaces(title, wanted, found);
    if (subject === undefined || !isMasters(subject) || differences.length === 0) return differences;
    // Members of system:masters have everything, whatever the bindings say: an expectation may count either way.
    return inPlaces(title, wanted, everything).length === 0 ? [] : differences;
  });
}

function inPlaces(title: string, wanted: Sets, found: RisksByPlace): readonly string[] {
  const places = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return places.flatMap((place) => inLists(`subjects: ${title} in ${place}`, wanted[place] ?? [], found[place] ?? []));
}

/** An expectation names the object first; what it says besides is its own affair. */
function ofRejected(expected: readonly string[], model: Permissions): readonly string[] {
  const found = [...refusedIn(model.roles), ...refusedIn(model.bindings)];
  const names = (text: string, title: string): boolean => text === title || /^[ :,(]/.test(text.slice(title.length));
  const fits = (text: string, title: string): boolean => text.startsWith(title) && names(text, title);
  return [
    ...expected.filter((text) => !found.some((title) => fits(text, title))).map((text) => `rejected: ${text} is not`),
    ...found
      .filter((title) => !expected.some((text) => fits(text, title)))
      .map((title) => `rejected: ${title} is not expected`),
  ];
}

function ofPods(expected: readonly unknown[], model: Permissions): readonly string[] {
  const found = new Map(model.tokens.map((use) => [use.workload, use]));
  const wanted = new Map(expected.filter(isFields).map((pod) => [textOf(pod, 'pod') ?? '', pod]));
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((title) => {
    const use = found.get(title);
    const pod = wanted.get(title);
    if (use === undefined || pod === undefined) return [`pods: ${title} is ${use ? 'not expected' : 'missing'}`];
    return [
      ...inLists(
        `pods: ${title}`,
        [textOf(pod, 'serviceAccount') ?? ''],
        [`${use.account.namespace}/${use.account.name}`],
      ),
      ...inLists(`pods: ${title} mounts`, [pod.mountsToken === true ? 'true' : 'false'], [String(use.mountsToken)]),
      ...inPlaces(title, setsOf(fieldsOf(pod, 'risks')), model.risksOf(use.account)),
    ];
  });
}

function inLists(what: string, wanted: readonly string[], found: readonly string[]): readonly string[] {
  const missing = wanted.filter((one) => !found.includes(one));
  const extra = found.filter((one) => !wanted.includes(one));
  return [
    ...(missing.length > 0 ? [`${what}: ${missing.join(', ')} missing`] : []),
    ...(extra.length > 0 ? [`${what}: ${extra.join(', ')} not expected`] : []),
  ];
}

const textsOf = (value: unknown, name: string): readonly string[] =>
  listOf(value, name).filter((one): one is string => typeof one === 'string');

const setsOf = (value: Fields): Sets => Object.fromEntries(Object.keys(value).map((key) => [key, textsOf(value, key)]));
