import { pod } from '../kubernetes/network-given';
import { audit, file, folderOf } from './given';

const objects = (...given: readonly object[]): string =>
  file('all.json', { apiVersion: 'v1', kind: 'List', items: given });
const web = pod('shop/web', { app: 'web' });

test.each([
  ['no folder', [], /connections needs one folder/],
  ['two folders', ['a', 'b'], /connections needs one folder/],
  ['an unknown format', ['.', '--output', 'sarif'], /--output is "sarif"; table, json or dot is wanted/],
  ['an unknown option', ['.', '--pod', 'x'], /Unknown option '--pod'/],
  ['a folder that is not there', ['not-there'], /not-there: there is no such file or folder/],
])('%s is wrong use', (_, args, expected) => {
  const { code, out, err } = audit('connections', ...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(expected);
});

test.each([
  [
    'a workload that is not there',
    ['--from', 'we'],
    'audit: --from is "we", and no workload is called so; there is shop/web[Pod]\n',
  ],
  [
    'a namespace without workloads',
    ['--namespace', 'x'],
    'audit: --namespace is "x", and no workload is in it; there are shop\n',
  ],
])('%s is wrong use, and what is there is told', (_, args, err) => {
  objects(web);
  expect(audit('connections', folderOf(), ...args)).toEqual({ code: 1, out: '', err });
});

test('what cannot be read is told with its line, and the code is 1; the rest is shown', () => {
  objects(web);
  const broken = file('broken.yaml', 'a: [\n');
  const { code, out, err } = audit('connections', folderOf());
  expect(code).toBe(1);
  expect(out).toMatch(/^1 workload in 1 namespace, 0 network policies\n/);
  expect(err).toMatch(new RegExp(`^audit: ${broken}:[12]: is not YAML`));
});

test('the help says what each option means', () => {
  const { code, out } = audit('connections', '--help');
  expect(code).toBe(0);
  for (const option of ['--from', '--to', '--namespace', '--output']) expect(out).toContain(option);
});
