import { readManifests } from '../../shared/kubernetes/manifests/read';
import { yamlOf } from '../../shared/kubernetes/manifests/write';

const metadata = { name: 'a', namespace: 'b' };
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data: { toml: '[a]\n  b = 1\n', mode: '0644', on: 'yes' },
};

test('objects are written as a stream, texts that could be taken for numbers or switches in quotes', () => {
  expect(yamlOf([settings, { ...settings, data: { long: 'x '.repeat(100).trim() } }])).toBe(
    [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: a',
      '  namespace: b',
      'data:',
      '  toml: |',
      '    [a]',
      '      b = 1',
      '  mode: "0644"',
      '  "on": "yes"',
      '---',
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      '  name: a',
      '  namespace: b',
      'data:',
      `  long: ${'x '.repeat(100).trim()}`,
      '',
    ].join('\n'),
  );
});

test('what is written is read as what it was, also where two objects share a part', () => {
  const { manifests, problems } = readManifests(
    yamlOf([settings, { ...settings, kind: 'Other', spec: [metadata, metadata] }]),
    'a.yaml',
  );
  expect(problems).toEqual([]);
  expect(manifests.map(({ object }) => object)).toEqual([
    settings,
    { ...settings, kind: 'Other', spec: [metadata, metadata] },
  ]);
});
