import { testWith } from '../policy/shared-files';
import { audit, file, folderOf } from './given';

const ingressCase = (name: string, reasons: readonly string[]) => ({
  name,
  spec: { rules: [{ host: 'a.example.com' }] },
  reasons,
});

test('each kind is printed with how many passed, and each failing case with what was expected and found', () => {
  file('ingress/cases.json', { cases: [ingressCase('right', ['no-tls']), ingressCase('wrong', [])] });
  file('agentconfig/cases.json', { cases: [] });
  expect(audit('conformance', folderOf())).toEqual({
    code: 2,
    err: '',
    out: [
      'agentconfig: 0 passed, 0 failed',
      'ingress: 1 passed, 1 failed',
      '  wrong: {"advisories":[],"reasons":[]} is expected, not {"advisories":[],"reasons":["no-tls"]}',
      '',
    ].join('\n'),
  });
});

test('cases that all pass give the code 0', () => {
  file('ingress/cases.json', { cases: [ingressCase('right', ['no-tls'])] });
  expect(audit('conformance', folderOf())).toEqual({ code: 0, err: '', out: 'ingress: 1 passed, 0 failed\n' });
});

test.each([
  ['a folder without cases', 'other/a.json', '{}', /has no folder of cases \(.*ingress.*\)/],
  ['cases that are no JSON', 'ingress/cases.json', '{', /ingress: a file of cases is not JSON/],
  ['a folder of a kind without its file', 'ingress/other.json', '{}', /cases\.json: there is no such file/],
])('%s is wrong use', (_, name, content, expected) => {
  file(name, content);
  const { code, out, err } = audit('conformance', folderOf());
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(expected);
});

testWith('kubernetes')('the cases that are given pass', () => {
  const { out } = audit('conformance', '../shared/kubernetes');
  expect(out).toMatch(/^agentconfig: \d\d passed, 0 failed$/m);
  expect(out).toMatch(/^ingress: \d\d passed, 0 failed$/m);
});
