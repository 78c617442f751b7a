import { spawnSync } from 'node:child_process';
import { cluster, definition, file, folderOf, policy, ruleOf } from './given';

/** One line that names what is wrong and what is wanted; no stack. */
function refused(...args: readonly string[]): string {
  const { code, out, err } = policy(...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^policy: [^\n]+\n$/);
  return err;
}

test.each([
  ['no command', [], /no command is given; evaluate, conformance or compile is wanted/],
  ['an unknown command', ['judge'], /there is no command judge/],
  ['no definition', ['evaluate'], /--definition FILE is needed/],
  ['no resource', ['evaluate', '--definition', 'x'], /--resource FILE is needed/],
  ['an option without its file', ['evaluate', '--definition'], /--definition/],
  ['an unknown option', ['evaluate', '--verbose'], /--verbose/],
  ['a file without an option', ['evaluate', 'a.json'], /a\.json|options only/],
  ['no cases', ['conformance'], /needs a file or folder/],
  ['no folder', ['compile'], /one folder/],
  ['two folders', ['compile', 'a', 'b'], /one folder, not 2/],
])('wrong use is told in one line: %s', (_, args, expected) => {
  expect(refused(...(args as string[]))).toMatch(expected as RegExp);
});

test.each([
  ['that is not there', undefined, /there is no such file/],
  ['that is empty', '', /is not JSON: /],
  ['that is no JSON', '{"a":\n\n oops}', /is not JSON: /],
  ['that is an array', [], /a policy definition is wanted, a JSON object, not an array/],
  ['that is null', null, /not null/],
  [
    'that is an initiative',
    { properties: { policyDefinitions: [] } },
    /has no policyRule; a policy definition is wanted/,
  ],
  ['that nests too deep', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, /nests deeper than 1000 levels/],
])('a definition %s is told with the name of the file', (_, content, expected) => {
  const path = content === undefined ? `${folderOf()}/definition.json` : file('definition.json', content);
  const err = refused('evaluate', '--definition', path, '--resource', file('resource.json', cluster));
  expect(err).toContain(path);
  expect(err).toMatch(expected);
});

test.each([
  ['resource', 'a text', /a resource is wanted/],
  ['parameters', [1], /parameter values is wanted|parameter values/],
  ['aliases', { value: [] }, /has no aliases/],
  ['related', 'a text', /related resources are wanted/],
])('a wrong file for --%s is told with its name', (option, content, expected) => {
  const files = { definition, resource: cluster, [option]: JSON.stringify(content) };
  const args = Object.entries(files).flatMap(([name, each]) => [`--${name}`, file(`${name}.json`, each)]);
  const err = refused('evaluate', ...args);
  expect(err).toContain(`${option}.json`);
  expect(err).toMatch(expected);
});

test('a folder for a file, a file for a folder, and an empty folder are told', () => {
  const path = file('one.json', definition);
  expect(refused('evaluate', '--definition', folderOf(), '--resource', path)).toMatch(/is a folder; a file is wanted/);
  expect(refused('compile', path)).toMatch(/is a file; a folder is wanted/);
  expect(refused('compile', `${folderOf()}/none`)).toMatch(/there is no such file or folder/);
  expect(refused('conformance', folderOf())).toMatch(/there are no cases \(\*\.jsonl\) below it/);
  expect(refused('conformance', path)).toMatch(/no case|expected/);
});

test.each([
  [
    'conditions',
    ruleOf({ allOf: Array.from({ length: 150_000 }, (_, at) => ({ field: `tags.t${at}`, equals: 'x'.repeat(20) })) }),
  ],
  ['one expression', ruleOf({ value: `[${'concat('.repeat(1_000_000)}]`, equals: 1 })],
  [
    'conditions in conditions',
    JSON.stringify(ruleOf(0)).replace('"if":0', () => `"if":${'{"not":'.repeat(900)}0${'}'.repeat(900)}`),
  ],
])('a very large rule of %s is an error with few, short lines', (_, rule) => {
  const args = ['--definition', file('definition.json', rule), '--resource', file('resource.json', cluster)];
  const started = performance.now();
  const { code, out } = policy('evaluate', ...args);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(code).toBe(3);
  expect(out).toMatch(/^state: error\nproblem: /);
  expect(out.length).toBeLessThan(2_000);
});

test.each([
  [[], /COMMAND/],
  [['evaluate'], /Exit code: 0 compliant or notApplicable, 2 nonCompliant, 3 unknown or error, 1 wrong use/],
  [['conformance'], /Exit code: 0 every case passed, 1 one failed/],
  [['compile'], /Exit code: 0 all compiled, 1 something was not understood/],
])('--help of %j tells how it is used and what the exit codes mean', (command, expected) => {
  const { code, out, err } = policy(...command, '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(expected);
});

test('the built program prints to its two outputs and ends with the code', () => {
  const args = ['--definition', file('definition.json', definition), '--resource', file('resource.json', cluster)];
  const run = (...given: readonly string[]) =>
    spawnSync(process.execPath, ['dist/policy.js', ...given], { encoding: 'utf8' });
  expect(run('evaluate', ...args)).toMatchObject({
    status: 2,
    stdout: expect.stringMatching(/^state: nonCompliant/) as string,
    stderr: '',
  });
  expect(run('judge')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^policy: [^\n]+\n$/) as string,
  });
});
