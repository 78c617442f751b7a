import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { standardCase, standardCases, unitCase } from '../../shared/kubernetes/pod-security/conformance';
import { goodSpec, podOf } from './pods-given';

const folder = resolve('../shared/kubernetes/pss');
const exists = existsSync(folder);
if (!exists) console.log(`skipped: ${folder} is not there`);

const textOf = (file: string): string => readFileSync(resolve(folder, file), 'utf8');
const countIn = (file: string): number => (JSON.parse(textOf(file)) as { count: number }).count;

((exists ? test : test.skip) as jest.It)('every upstream pod and every upstream case of a single check agrees', () => {
  const { passed, failures } = standardCases({ names: readdirSync(folder), read: textOf });
  expect(failures).toEqual([]);
  expect(passed).toBe(countIn('index.json') + countIn('units.json'));
});

const shares = podOf(goodSpec({ hostPID: true }));
const range = { level: 'baseline', from: '1.0', to: '1.37' };

test.each<[string, object, RegExp | undefined]>([
  ['the right check', { ...range, verdict: 'fail', check: 'hostNamespaces' }, undefined],
  ['any failure', { ...range, verdict: 'fail' }, undefined],
  [
    'another check',
    { ...range, verdict: 'fail', check: 'privileged' },
    /fail privileged is expected at baseline 1.0, not host/,
  ],
  ['no failure', { ...range, verdict: 'pass' }, /pass is expected at baseline 1.0, not hostNamespaces/],
  ['nothing, as privileged does,', { ...range, level: 'privileged', verdict: 'pass' }, undefined],
  ['a level that is none', { ...range, level: 'strict', verdict: 'pass' }, /no level strict/],
])('a case that expects %s of a pod that shares its node', (_, expectation, disagreement) => {
  const found = standardCase([shares], [expectation as never]);
  if (disagreement === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(disagreement);
});

test('a pod that is right only from a version on disagrees before it', () => {
  const sysctls = [{ name: 'net.ipv4.tcp_rmem', value: '1' }];
  const pod = podOf(goodSpec({ securityContext: { sysctls } }));
  const passes = (from: string) => standardCase([pod], [{ level: 'baseline', from, to: '1.37', verdict: 'pass' }]);
  expect(passes('1.32')).toBeUndefined();
  expect(passes('1.31')).toMatch(/at baseline 1.31, not sysctls/);
});

test('a case without a pod disagrees', () => {
  expect(standardCase([], [])).toBe('there is no pod in it');
});

const unit = { check: 'hostNamespaces', since: '1.0', pod: { spec: { hostPID: true } } };

test.each<[string, object, string | undefined]>([
  ['the same words', { allowed: false, reason: 'host namespaces', detail: 'hostPID=true' }, undefined],
  ['other words', { allowed: false, reason: 'x', detail: 'y' }, 'x: y is expected, not host namespaces: hostPID=true'],
  ['that it is allowed', { allowed: true }, 'allowed is expected, not host namespaces: hostPID=true'],
  ['a check that is none', { check: 'nothing' }, 'there is no check nothing at 1.0'],
])('a case of one check that expects %s', (_, changes, failure) => {
  expect(unitCase({ ...unit, ...changes } as never)).toBe(failure);
});
