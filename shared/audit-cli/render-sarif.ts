import type { Severity } from '../core/verdict';
import type { ObjectProblem } from '../kubernetes/judgement';
import { nameOf, type Found } from './found';
import type { Report } from './report';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** SARIF 2.1.0. One result for each problem, at the object's line in its file; what could not be read is a notification. */
export function renderSarif({ found, problems }: Report): string {
  const results = found.flatMap((one) => one.finding.problems.map((problem) => resultOf(one, problem)));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: toolOf(found), invocations: [invocationOf(problems)], results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toolOf(found: readonly Found[]) {
  const rules = new Map(
    found.flatMap(({ controlId, finding }) =>
      finding.problems.map(({ rule }) => [ruleIdOf(controlId, rule), { title: finding.title, controlId }] as const),
    ),
  );
  const sorted = [...rules].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    driver: {
      name: 'Steward',
      rules: sorted.map(([id, { title, controlId }]) => ({
        id,
        shortDescription: { text: title },
        properties: { tags: ['security', controlId] },
      })),
    },
  };
}

const ruleIdOf = (controlId: string, rule: string): string => `${controlId}/${rule}`;

const levels = { high: 'error', medium: 'warning', low: 'note' } as const satisfies Record<Severity, string>;

function resultOf({ controlId, finding, place }: Found, { rule, severity, reason, path }: ObjectProblem) {
  const resource = nameOf(finding.object);
  const ruleId = ruleIdOf(controlId, rule);
  return {
    ruleId,
    level: levels[severity],
    message: { text: `${finding.object.kind} ${finding.object.name}: ${reason}` },
    locations: [
      {
        ...(place === undefined ? {} : { physicalLocation: physical(place.file, place.line) }),
        logicalLocations: [{ fullyQualifiedName: resource, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'resourceId/v1': [resource, ruleId, path ?? ''].join('#') },
  };
}

const physical = (file: string, line: number) => ({
  artifactLocation: { uri: uriOf(file) },
  region: { startLine: line },
});

/** A path as a reference, whatever characters it has. */
function uriOf(file: string): string {
  return file.split(/[\\/]/).map(encodeURIComponent).join('/');
}

function invocationOf(problems: Report['problems']) {
  return {
    executionSuccessful: !problems.some(({ kind }) => kind === 'broken'),
    toolExecutionNotifications: problems.map(({ kind, file, line, message }) => ({
      level: kind === 'broken' ? 'error' : 'note',
      message: { text: message },
      locations: [{ physicalLocation: physical(file, line) }],
    })),
  };
}
