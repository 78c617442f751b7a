import { truncateSync } from 'node:fs';
import { basename } from 'node:path';
import { testWith } from '../policy/shared-files';
import { audit, file, folderOf, open, right, unseen } from './given';

const shop = 'networking.k8s.io/v1/namespaces/team-a/ingresses/shop';

interface Result {
  readonly ruleId: string;
  readonly level: string;
  readonly kind?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly object[];
  }[];
  readonly results: readonly Result[];
}

const sarif = (...args: readonly string[]) =>
  JSON.parse(audit('manifests', ...args, '--output', 'sarif').out) as {
    readonly version: string;
    readonly runs: readonly Run[];
  };

test('what is open is told with its file and line, what is wrong and what to do, and the code is 2', () => {
  const path = file('a.yaml', `# ours\n---\n${open}`);
  const { code, out, err } = audit('manifests', folderOf());
  expect([code, err]).toEqual([2, '']);
  expect(out.split('\n').slice(0, 2)).toEqual([
    `ingress-certificates  open  ${shop}  ${path}:3`,
    '  high     shop.example.com has TLS without secretName, so the controller’s default certificate is shown: name a secret with a certificate for it (spec.tls[0].secretName)',
  ]);
  expect(out).toMatch(/\n1 open, 0 unknown, 0 compliant\n$/);
});

test('nothing is open: the code is 0', () => {
  file('a.yaml', right);
  expect(audit('manifests', folderOf())).toEqual({ code: 0, out: '0 open, 0 unknown, 1 compliant\n', err: '' });
});

test('what cannot be told is shown as unknown, and nothing is open', () => {
  file('a.yaml', unseen);
  const { code, out } = audit('manifests', folderOf());
  expect(code).toBe(0);
  expect(out).toMatch(/^ingress-certificates {2}unknown .*\n {2}unknown {2}whether shop-tls holds/);
  expect(out).toMatch(/0 open, 1 unknown, 0 compliant\n$/);
});

test('one file is read like a folder, JSON like YAML, and other files are not read', () => {
  const path = file('a.json', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'x' },
    spec: {},
  });
  file('notes.txt', open);
  file('.git/b.yaml', open);
  expect(audit('manifests', path).out).toBe(audit('manifests', folderOf()).out);
  expect(audit('manifests', path).out).toContain(`namespaces/default/ingresses/x  ${path}:1`);
});

test('something that cannot be read is told with file and line; the rest is judged', () => {
  const broken = file('a.yaml', 'a: [\n');
  file('b.yaml', right);
  const { code, out, err } = audit('manifests', folderOf());
  expect([code, out]).toEqual([1, '0 open, 0 unknown, 1 compliant\n']);
  expect(err).toMatch(new RegExp(`^audit: ${broken}:[12]: is not YAML: [^\\n]+\\n$`));
  file('c.yaml', open.replace('name: shop', 'name: other'));
  expect(audit('manifests', folderOf()).code).toBe(2);
});

test('what is no object of a cluster is passed over, and told', () => {
  const values = file('values.yaml', 'replicas: 2\n');
  file('b.yaml', right);
  const { code, err } = audit('manifests', folderOf());
  expect(code).toBe(0);
  expect(err).toBe(`audit: ${values}:1: has neither apiVersion nor kind, so it is no object of a cluster\n`);
});

test('an object that a server would refuse is told and not judged', () => {
  const path = file('a.yaml', open.replace('host: shop', 'host: SHOP'));
  const { code, out, err } = audit('manifests', folderOf());
  expect([code, out]).toEqual([1, '0 open, 0 unknown, 0 compliant\n']);
  expect(err).toBe(
    `audit: ${path}:1: Ingress shop would be refused: spec.rules[0].host: "SHOP.example.com" has to be in lower case\n`,
  );
});

test('of an object that stands there twice the last is judged, as the last is applied', () => {
  const first = file('a.yaml', open);
  const last = file('b.yaml', right);
  const { code, err } = audit('manifests', folderOf());
  expect([code, err]).toEqual([
    0,
    `audit: ${first}:1: Ingress shop stands again in ${last}:1, which alone is judged\n`,
  ]);
});

test('a file that no kustomization of its folder lists is not applied, and a patch is no object', () => {
  const kustomization = file('kustomization.yaml', 'resources: [a.yaml, sub/b.yaml]\npatches: [{path: patch.yaml}]\n');
  file('a.yaml', right);
  file('sub/b.yaml', right.replace('name: shop', 'name: other'));
  const loose = file('sub/loose.yaml', open);
  const patch = file('patch.yaml', open);
  const { code, out, err } = audit('manifests', folderOf());
  expect([code, out]).toEqual([0, '0 open, 0 unknown, 2 compliant\n']);
  const told = [patch, loose].map(
    (path) => `audit: ${path}:1: is not among the resources of ${kustomization}, so nothing applies it\n`,
  );
  expect(err).toBe(told.join(''));
});

test('an object of Flux in a file of that name leaves nothing out', () => {
  file('kustomization.yaml', 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n');
  file('a.yaml', open);
  expect(audit('manifests', folderOf())).toMatchObject({ code: 2, err: '' });
});

test('a kustomization further up counts for a folder that has none, and one in the folder before it', () => {
  file('kustomization.yaml', 'resources: [base]\n');
  file('base/kustomization.yml', 'resources:\n- a.yaml\n');
  file('base/a.yaml', open);
  file('base/deep/b.yaml', open.replace('name: shop', 'name: other'));
  const { code, out, err } = audit('manifests', folderOf());
  expect([code, out.includes('ingresses/shop'), out.includes('ingresses/other')]).toEqual([2, true, false]);
  expect(err).toContain('base/kustomization.yml');
});

test('a file that is too large is told and not read', () => {
  const path = file('a.json', '');
  truncateSync(path, 67_108_865);
  const { code, err } = audit('manifests', folderOf());
  expect([code, err]).toEqual([1, `audit: ${path}:1: has 67108865 bytes; at most 67108864 are read\n`]);
});

test('a folder without any object is no success', () => {
  file('a.txt', 'x');
  expect(audit('manifests', folderOf())).toEqual({
    code: 1,
    out: '0 open, 0 unknown, 0 compliant\n',
    err: `audit: ${folderOf()}: there is no object of a cluster in it\n`,
  });
});

test('as JSON every finding has its outcome, its place and its proposal', () => {
  const path = file('a.yaml', open);
  const { findings, problems } = JSON.parse(audit('manifests', path, '--output', 'json').out) as {
    readonly findings: readonly object[];
    readonly problems: readonly object[];
  };
  expect(problems).toEqual([]);
  expect(findings).toEqual([
    expect.objectContaining({
      controlId: 'ingress-certificates',
      outcome: 'open',
      resource: shop,
      file: path,
      line: 1,
      proposal: expect.objectContaining({ objects: [expect.objectContaining({ kind: 'Ingress' })] }) as unknown,
    }),
  ]);
});

test('as SARIF each problem is a result at its line, with a logical location and a fingerprint', () => {
  const path = file('with space.yaml', `---\n${open}`);
  const { version, runs } = sarif(path);
  const [run] = runs;
  expect([version, run?.tool.driver.name, run?.tool.driver.rules.map(({ id }) => id)]).toEqual([
    '2.1.0',
    'Steward',
    ['ingress-certificates/no-secret'],
  ]);
  expect(run?.results).toEqual([
    {
      ruleId: 'ingress-certificates/no-secret',
      level: 'error',
      message: {
        text: expect.stringMatching(/^Ingress shop: shop\.example\.com has TLS without secretName/) as string,
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: path.replace('with space', 'with%20space') },
            region: { startLine: 2 },
          },
          logicalLocations: [{ fullyQualifiedName: shop, kind: 'resource' }],
        },
      ],
      partialFingerprints: { 'resourceId/v1': `${shop}#ingress-certificates/no-secret#spec.tls[0].secretName` },
    },
  ]);
});

test('as SARIF what cannot be told is an open result, and what cannot be read a notification of a run that failed', () => {
  file('a.yaml', unseen);
  file('b.yaml', 'a: [\n');
  const [run] = sarif(folderOf()).runs;
  expect(run?.results.map(({ kind, level }) => [kind, level])).toEqual([['open', 'none']]);
  expect(run?.invocations[0]?.executionSuccessful).toBe(false);
  expect(run?.invocations[0]?.toolExecutionNotifications).toHaveLength(1);
});

test.each(['table', 'json', 'sarif'])('as %s the same files give the same text', (output) => {
  file('b/a.yaml', open);
  file('a.yaml', `${open.replace('name: shop', 'name: other')}---\n${unseen}`);
  const once = audit('manifests', folderOf(), '--output', output);
  expect(audit('manifests', folderOf(), '--output', output)).toEqual(once);
  expect(once.out.indexOf(basename('a.yaml'))).toBeGreaterThan(0);
});

test.each(['1.36', 'v1.36', '1.36.2', '1.34.1-aks'])('the version %s is one', (version) => {
  file('a.yaml', right);
  expect(audit('manifests', folderOf(), '--kubernetes-version', version).code).toBe(0);
});

test.each([
  ['no command', [], /no command is given; manifests, connections, permissions or conformance is wanted/],
  ['an unknown command', ['judge'], /there is no command judge/],
  ['no folder', ['manifests'], /needs one folder/],
  ['two folders', ['manifests', 'a', 'b'], /needs one folder/],
  ['a folder that is not there', ['manifests', '/nowhere/at/all'], /there is no such file or folder/],
  ['an unknown option', ['manifests', '--all'], /--all/],
  ['an unknown output', ['manifests', '.', '--output', 'xml'], /--output is "xml"; table, json or sarif is wanted/],
  ['an output that every object has', ['manifests', '.', '--output', 'toString'], /--output is "toString"/],
  [
    'a version that is none',
    ['manifests', '.', '--kubernetes-version', 'latest'],
    /--kubernetes-version is "latest"; a version as 1.36 is wanted/,
  ],
  ['no folder of cases', ['conformance'], /needs one folder/],
])('wrong use is told in one line: %s', (_, args, expected) => {
  const { code, out, err } = audit(...args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^audit: [^\n]+\n$/);
  expect(err).toMatch(expected);
});

test.each([[['--help']], [['manifests', '--help']], [['conformance', '-h']]])('%j tells how it is used', (args) => {
  const { code, out } = audit(...args);
  expect([code, out.startsWith('npm run audit -- ')]).toEqual([0, true]);
});

testWith('estate/kubernetes')('the landing zone’s files give what is wrong with its certificates and its agent', () => {
  const { findings, problems } = JSON.parse(
    audit('manifests', '../shared/estate/kubernetes', '--output', 'json').out,
  ) as {
    readonly findings: readonly { controlId: string; outcome: string; object: { name: string } }[];
    readonly problems: readonly object[];
  };
  const own = ['mesh-certificates', 'ingress-certificates', 'container-log-settings'];
  const found = findings.filter(({ controlId, outcome }) => own.includes(controlId) && outcome === 'open');
  expect(problems).toEqual([]);
  expect(found.map(({ controlId, object }) => `${controlId} ${object.name}`)).toEqual([
    'mesh-certificates osm-controller',
    'mesh-certificates osm-controller',
    'ingress-certificates web-frontend',
    'ingress-certificates ingress-nginx-controller',
    'ingress-certificates ingress-nginx-controller',
    'container-log-settings container-azm-ms-agentconfig',
  ]);
});
