import { limits } from '../../shared/kubernetes/manifests/documents';
import { readManifests } from '../../shared/kubernetes/manifests/read';

const read = (text: string, file = 'a.yaml') => readManifests(text, file);
const placesOf = (text: string, file?: string) =>
  read(text, file).manifests.map(({ object, line }) => [
    object.kind,
    object.metadata.namespace,
    object.metadata.name,
    line,
  ]);
const messagesOf = (text: string, file?: string) =>
  read(text, file).problems.map(({ kind, line, message }) => [kind, line, message]);

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

test('each document of a stream is an object with the line it begins on', () => {
  expect(placesOf(`# a comment\n${pod('one')}---\n# another\n\n${pod('two')}---\n---\n${pod('three')}`)).toEqual([
    ['Pod', 'default', 'one', 2],
    ['Pod', 'default', 'two', 9],
    ['Pod', 'default', 'three', 15],
  ]);
});

test('the items of a list are objects of their own, each with its line', () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: one}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: two, namespace: b}\n`;
  expect(placesOf(list)).toEqual([
    ['Pod', 'default', 'one', 4],
    ['Pod', 'b', 'two', 7],
  ]);
});

test('items of a list that a server sent know their kind by the list', () => {
  const list = { apiVersion: 'v1', kind: 'PodList', metadata: {}, items: [{ metadata: { name: 'one' } }] };
  expect(placesOf(JSON.stringify(list), 'a.json')).toEqual([['Pod', 'default', 'one', 1]]);
});

test('lists within lists are taken apart, and an empty list is nothing', () => {
  const inner = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }] };
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [inner, { apiVersion: 'v1', kind: 'List' }] });
  expect(placesOf(text)).toEqual([['Pod', 'default', 'a', 1]]);
  expect(messagesOf(text)).toEqual([]);
});

test('a kind whose name only ends in List is an object', () => {
  expect(placesOf('apiVersion: a.b/v1\nkind: AllowList\nmetadata: {name: x}\nspec: {}\n')).toEqual([
    ['AllowList', 'default', 'x', 1],
  ]);
});

test('an object that belongs to no namespace gets none, and loses one that it was given', () => {
  expect(placesOf('apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n')).toEqual([
    ['Namespace', undefined, 'a', 1],
  ]);
});

test('YAML is read as the tools of Kubernetes read it: yes is true, a leading 0 is octal, a day is a text', () => {
  const [manifest] = read(`${pod('a')}spec: {a: yes, b: 0644, c: 2026-01-01, d: 22:30, e: "yes"}\n`).manifests;
  expect(manifest?.object.spec).toEqual({ a: true, b: 420, c: '2026-01-01', d: '22:30', e: 'yes' });
});

test('anchors and merge keys are filled in', () => {
  const [manifest] = read(`${pod('a')}spec:\n  a: &x {b: 1}\n  c: *x\n  d: {<<: *x, e: 2}\n`).manifests;
  expect(manifest?.object.spec).toEqual({ a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } });
});

test('a document that is broken spoils no other, and tells its line', () => {
  const { manifests, problems } = read(`${pod('one')}---\na: [1,\nb: }\n---\n${pod('two')}`);
  expect(manifests.map(({ object }) => object.metadata.name)).toEqual(['one', 'two']);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ kind: 'broken', file: 'a.yaml' });
  expect(problems[0]!.line).toBeGreaterThanOrEqual(6);
  expect(problems[0]!.line).toBeLessThanOrEqual(8);
});

test('a key that stands twice is told with its line', () => {
  expect(messagesOf(`${pod('a')}spec: {}\nspec: {}\n`)).toEqual([
    ['broken', 6, 'a key stands twice in one map: take one out'],
  ]);
});

test.each([
  ['a text', 'just words\n', 'passed-over', 'is a string, no object of a cluster'],
  ['a list', '- 1\n- 2\n', 'passed-over', 'is a list, no object of a cluster'],
  [
    'values of a chart',
    'replicas: 2\n',
    'passed-over',
    'has neither apiVersion nor kind, so it is no object of a cluster',
  ],
  [
    'a kustomization',
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    'passed-over',
    'is a file of a tool (kustomize.config.k8s.io/v1beta1 Kustomization), no object of a cluster',
  ],
  [
    'a kind that is no text',
    'apiVersion: v1\nkind: 7\n',
    'broken',
    'apiVersion and kind have to be texts, both: one is missing or of another type',
  ],
  ['no metadata', 'apiVersion: v1\nkind: Pod\n', 'broken', 'Pod: metadata with a name is wanted, not nothing'],
  ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {}\n', 'broken', 'Pod: metadata.name is missing or no text'],
  [
    'a name that is a path',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: ../../etc/passwd}\n',
    'broken',
    'Pod: metadata.name is "../../etc/passwd", which can be no part of a path',
  ],
  [
    'a namespace that is a path',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ..}\n',
    'broken',
    'Pod: metadata.namespace is no name of a namespace',
  ],
  [
    'labels that are a list',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: [b]}\n',
    'broken',
    'Pod: metadata.labels and annotations have to be maps',
  ],
])('%s is no object, and the reason says so', (_, text, kind, message) => {
  expect(read(text).manifests).toEqual([]);
  expect(messagesOf(text)).toEqual([[kind, 1, message]]);
});

test('a binding may have a name with blanks and signs, as an API server takes it', () => {
  const name = 'ops: #team’s "admins" $(x) & *';
  const text = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: ${JSON.stringify(name)}}\n`;
  expect(read(text).manifests.map(({ object }) => object.metadata.name)).toEqual([name]);
  expect(read(text.replace('ops:', '\\n')).manifests).toEqual([]);
});

test('an unknown kind of an unknown version is an object like any other', () => {
  expect(placesOf('apiVersion: x.y/v9alpha7\nkind: Whatever\nmetadata: {name: a}\n')).toEqual([
    ['Whatever', 'default', 'a', 1],
  ]);
});

describe('what is made to do harm', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    .concat(
      [...'bcdefghi'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
    )
    .join('\n');

  test('a bomb of aliases is refused, at once', () => {
    const [problem] = read(`${pod('a')}${bomb}\n`).problems;
    expect(problem?.message).toMatch(/refers to its anchors too often/);
  });

  test('aliases that stay below the parser’s bound are counted as what they expand to', () => {
    const wide = `a: &a [${Array(10_000).fill('x').join(',')}]\nb: [${Array(900).fill('*a').join(',')}]\n`;
    const [problem] = read(`${pod('a')}${wide}`).problems;
    expect(problem?.message).toMatch(/holds more than 5000000 values/);
  });

  test('an alias to nothing is told', () => {
    expect(read(`${pod('a')}spec: *none\n`).problems).toHaveLength(1);
  });

  test.each([
    ['brackets', `${pod('a')}x: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`, 'a.yaml'],
    ['dashes', `${'- '.repeat(20_000)}a\n`, 'a.yaml'],
    ['JSON', `{"apiVersion":"v1","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'a.json'],
  ])('%s without end are told as too deep', (_, text, file) => {
    const { manifests, problems } = read(text, file);
    expect(manifests).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/nests (too deep|deeper than)/)]);
  });

  test('a YAML file that is too long is not begun, and a document that is too long is left out alone', () => {
    const filler = `# ${'x'.repeat(98)}\n`;
    const long = filler.repeat(Math.ceil(limits.yamlDocument / filler.length) + 1);
    expect(messagesOf(long.repeat(9))[0]?.[2]).toMatch(/split the file/);
    const { manifests, problems } = read(`${pod('one')}---\n${long}---\n${pod('two')}`);
    expect(manifests.map(({ object }) => object.metadata.name)).toEqual(['one', 'two']);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/^the document has \d+ characters/)]);
  });

  test('a YAML file of too many documents is not begun, were they all empty', () => {
    expect(messagesOf('---\n'.repeat(limits.yamlDocuments + 2))).toEqual([
      ['broken', 1, 'has more than 100000 documents: split the file, or write it as JSON'],
    ]);
  });

  test('a JSON text that is too long is not begun', () => {
    expect(messagesOf(' '.repeat(limits.jsonFile + 1), 'a.json')).toEqual([
      ['broken', 1, 'has 67108865 characters; at most 67108864 are read'],
    ]);
  });

  test('a key that is called __proto__ changes no object', () => {
    const [manifest] = read(`${pod('a')}spec:\n  __proto__: {polluted: true}\n`).manifests;
    expect(({} as { readonly polluted?: true }).polluted).toBeUndefined();
    expect(manifest?.object.metadata.name).toBe('a');
  });

  test('bytes that are no text are a problem, not a crash', () => {
    const { manifests, problems } = read('\u0000\u0001\ufffd: [\u0000');
    expect(manifests).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });
});

test('items of a PodList in YAML know their kind, too, each with its line', () => {
  const text = 'apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: one}\n- metadata: {name: two}\n';
  expect(placesOf(text)).toEqual([
    ['Pod', 'default', 'one', 4],
    ['Pod', 'default', 'two', 5],
  ]);
});
