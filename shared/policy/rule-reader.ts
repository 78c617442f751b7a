import type { Condition } from './condition';
import { contextFunctions, forbiddenFunctions, functionNamed } from './functions/function-table';
import type { Json, JsonObject } from './json';
import { callsIn, readTemplate, RULE_DEPTH, type Problem, type Template } from './template';

/** What the parts of a rule's reader share: where problems go, and how much has been read. */
export interface RuleReader {
  readonly report: (path: string, message: string) => undefined;
  /** Reports, and stands in for the condition that could not be read. */
  readonly wrong: (path: string, message: string) => Condition;
  /** The keys of an object by their lower-case form. Two that differ only in case are a problem. */
  readonly keysOf: (object: JsonObject, path: string) => ReadonlyMap<string, string>;
  readonly template: (value: Json, path: string) => Template;
  /** False when the rule has more conditions than Azure accepts. */
  readonly countCondition: (path: string) => boolean;
  /** The reader for one level further in, or undefined (and a problem) when that is too deep. */
  readonly deeper: (path: string) => RuleReader | undefined;
  /** The reader inside a count, where `current()` is allowed. */
  readonly within: (place: 'count') => RuleReader;
}

/** Azure Policy's limits when a definition is written. */
const RULE_LIMITS = { conditions: 4_096, functions: 2_048 } as const;

/** Nobody reads more than these. */
const MAX_PROBLEMS = 100;

export function ruleReader(problems: Problem[]): RuleReader {
  return readerAt({ problems, conditions: 0, functions: 0 }, { depth: 0, inCount: false });
}

interface Tally {
  readonly problems: Problem[];
  conditions: number;
  functions: number;
}

interface Position {
  readonly depth: number;
  readonly inCount: boolean;
}

function readerAt(tally: Tally, position: Position): RuleReader {
  const report = (path: string, message: string): undefined => {
    if (tally.problems.length < MAX_PROBLEMS) tally.problems.push({ path, message });
    return undefined;
  };
  return {
    report,
    wrong: (path, message) => {
      report(path, message);
      return { kind: 'constant', path, value: false };
    },
    keysOf: (object, path) => keysOf(object, (message) => report(path, message)),
    template: (value, path) => {
      const template = readTemplate(value, path, (problem) => report(problem.path, problem.message));
      for (const call of callsIn(template)) checkCall(call.name, { path, report, tally, position });
      return template;
    },
    countCondition: (path) => {
      if (++tally.conditions <= RULE_LIMITS.conditions) return true;
      if (tally.conditions === RULE_LIMITS.conditions + 1) {
        report(path, `a rule has at most ${RULE_LIMITS.conditions} conditions`);
      }
      return false;
    },
    deeper: (path) => {
      if (position.depth < RULE_DEPTH) return readerAt(tally, { ...position, depth: position.depth + 1 });
      return report(path, `conditions nest at most ${RULE_DEPTH} deep`);
    },
    within: () => readerAt(tally, { ...position, inCount: true }),
  };
}

function keysOf(object: JsonObject, report: (message: string) => void): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const key of Object.keys(object)) {
    const lower = key.toLowerCase();
    if (keys.has(lower)) report(`${key} is there twice`);
    keys.set(lower, key);
  }
  return keys;
}

interface CallPlace {
  readonly path: string;
  readonly report: RuleReader['report'];
  readonly tally: Tally;
  readonly position: Position;
}

function checkCall(name: string, { path, report, tally, position }: CallPlace): void {
  const lower = name.toLowerCase();
  if (++tally.functions === RULE_LIMITS.functions + 1) {
    report(path, `a rule calls at most ${RULE_LIMITS.functions} functions`);
  }
  if (lower === 'current' && !position.inCount) report(path, 'current() has a meaning only in the where of a count');
  if (contextFunctions.has(lower) || functionNamed(lower) !== undefined) return;
  const forbidden = forbiddenFunctions.has(lower) || lower.startsWith('list');
  report(path, forbidden ? `${name}() is not allowed in a policy rule` : `Azure Policy has no function ${name}()`);
}
