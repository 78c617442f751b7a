import type { Condition, Count, Left } from './condition';
import { isArray, isObject, type Json, type JsonObject } from './json';
import { operatorNamed, truthNamed, type Operator } from './operators';
import type { RuleReader } from './rule-reader';
import type { Template } from './template';

/** Reads a condition; what is wrong goes to the reader, and the rest is read nevertheless. */
export function readCondition(value: Json | undefined, path: string, reader: RuleReader): Condition {
  if (!isObject(value)) return reader.wrong(path, 'a condition is needed, which is an object');
  const inside = reader.deeper(path);
  if (inside === undefined) return nothing(path);
  const keys = inside.keysOf(value, path);
  const logic = LOGIC.find((each) => keys.has(each));
  if (logic === undefined) return readLeaf(value, keys, { path, reader: inside });
  if (keys.size > 1) reader.report(path, `nothing else can stand beside ${keys.get(logic) ?? logic}`);
  const key = keys.get(logic) ?? logic;
  return readLogic(logic, value[key] ?? null, { path, key, reader: inside });
}

const LOGIC = ['allof', 'anyof', 'not'] as const;

const nothing = (path: string): Condition => ({ kind: 'constant', path, value: false });

interface Place {
  readonly path: string;
  readonly reader: RuleReader;
}

function readLogic(logic: (typeof LOGIC)[number], value: Json, place: Place & { key: string }): Condition {
  const { path, reader } = place;
  const inner = `${path}.${place.key}`;
  if (logic === 'not') return { kind: 'not', path, member: readCondition(value, inner, reader) };
  const kind = logic === 'allof' ? 'allOf' : 'anyOf';
  if (!isArray(value)) return reader.wrong(inner, `${kind} needs an array of conditions`);
  return { kind, path, members: value.map((member, index) => readCondition(member, `${inner}[${index}]`, reader)) };
}

function readLeaf(value: JsonObject, keys: ReadonlyMap<string, string>, place: Place): Condition {
  const { path, reader } = place;
  const sides = [...keys].filter(([lower]) => LEFT.has(lower));
  const operators = [...keys].flatMap(([lower, key]) => operatorIn(lower, key));
  const others = [...keys].filter(([lower]) => !LEFT.has(lower) && operatorNamed(lower) === undefined);
  for (const [, key] of others) reader.report(path, `${key} is not an operator that Azure Policy has`);
  const [side] = sides;
  const [operator] = operators;
  if (side === undefined || sides.length > 1)
    return reader.wrong(path, 'exactly one of field, value and count is needed');
  if (operator === undefined || operators.length > 1) return reader.wrong(path, 'exactly one operator is needed');
  if (!reader.countCondition(path)) return nothing(path);
  const left = readLeft(side[0], value[side[1]] ?? null, { path: `${path}.${side[1]}`, reader });
  const right = reader.template(value[operator.key] ?? null, `${path}.${operator.key}`);
  checkExists(operator.operator, right, { path: `${path}.${operator.key}`, reader });
  return left === undefined ? nothing(path) : { kind: 'leaf', path, left, operator: operator.operator, right };
}

const LEFT: ReadonlySet<string> = new Set(['field', 'value', 'count']);

function operatorIn(lower: string, key: string): readonly { operator: Operator; key: string }[] {
  const operator = operatorNamed(lower);
  return operator === undefined ? [] : [{ operator, key }];
}

function checkExists(operator: Operator, right: Template, { path, reader }: Place): void {
  if (operator.name !== 'exists' || right.kind !== 'literal') return;
  if (typeof right.value === 'boolean' || truthNamed(right.value) !== undefined) return;
  reader.report(path, 'exists needs true or false');
}

function readLeft(side: string, value: Json, { path, reader }: Place): Left | undefined {
  if (side === 'value') return { kind: 'value', value: reader.template(value, path) };
  if (side === 'field') return { kind: 'field', field: readField(value, { path, reader }) };
  const count = readCount(value, { path, reader });
  return count === undefined ? undefined : { kind: 'count', count };
}

function readField(value: Json, { path, reader }: Place): Template {
  if (typeof value !== 'string' || value === '') reader.report(path, 'a field is named by a text');
  return reader.template(value, path);
}

function readCount(value: Json, { path, reader }: Place): Count | undefined {
  if (!isObject(value)) return reader.report(path, 'count needs an object');
  const keys = reader.keysOf(value, path);
  for (const [lower, key] of keys) {
    if (!COUNT.has(lower)) reader.report(`${path}.${key}`, `count has no ${key}`);
  }
  if (keys.has('field') === keys.has('value')) {
    return reader.report(path, 'count needs exactly one of field and value');
  }
  const whereKey = keys.get('where');
  const where =
    whereKey === undefined ? undefined : readCondition(value[whereKey], `${path}.${whereKey}`, reader.within('count'));
  return readCounted(value, keys, { path, reader, where });
}

const COUNT: ReadonlySet<string> = new Set(['field', 'value', 'name', 'where']);

function readCounted(
  value: JsonObject,
  keys: ReadonlyMap<string, string>,
  { path, reader, where }: Place & { where: Condition | undefined },
): Count {
  const named = keys.has('name') ? value[keys.get('name') ?? ''] : 'default';
  if (typeof named !== 'string') reader.report(`${path}.name`, 'the name of a count is a text');
  const fieldKey = keys.get('field');
  if (fieldKey === undefined) {
    const key = keys.get('value') ?? 'value';
    const counted = reader.template(value[key] ?? null, `${path}.${key}`);
    return { kind: 'value', path, value: counted, name: typeof named === 'string' ? named : '', where };
  }
  if (keys.has('name')) reader.report(`${path}.name`, 'only a count of a value has a name');
  return { kind: 'field', path, field: readCollection(value[fieldKey] ?? null, `${path}.${fieldKey}`, reader), where };
}

function readCollection(value: Json, path: string, reader: RuleReader): Template {
  const field = readField(value, { path, reader });
  const name = field.kind === 'literal' ? field.value : undefined;
  if (typeof name === 'string' && !name.includes('[*]')) reader.report(path, 'the field of a count contains [*]');
  return field;
}
