import { spawnSync } from 'node:child_process';
import { SettingsError } from '../../shared/core/errors';
import type { World } from '../../shared/core/ports';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { run } from '../../shared/propose-cli/run';
import { audit, file, folderOf, open } from '../audit-cli/given';
import { subscriptionId } from '../given';
import { agent, bare, findingOn, idOf, judgedWorld, shut } from '../propose/given';

const control = 'ingress-certificates';

interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const nobody = (): never => {
  throw new Error('the app was asked');
};

async function proposed(args: readonly string[], worldOf: () => World = nobody): Promise<Printed> {
  const [out, err]: [string[], string[]] = [[], []];
  const console = { print: (text: string) => out.push(text), complain: (line: string) => err.push(line) };
  const code = await run(args, { worldOf, today: '2026-11-24', out: console });
  return { code, out: out.join(''), err: err.join('\n') };
}

const namesIn = (text: string) => readManifests(text, 'a.yaml').manifests.map(({ object }) => object.metadata.name);

describe('for a finding', () => {
  test('the YAML alone is on stdout, and the code is 0', async () => {
    const world = await judgedWorld([bare]);
    const { code, out, err } = await proposed([findingOn(world, control, bare).findingId], () => world);
    expect([code, err]).toEqual([0, '']);
    expect(namesIn(out)).toEqual(['shop']);
  });

  test('an object may be named by its resource id', async () => {
    const world = await judgedWorld([bare]);
    expect((await proposed([idOf(bare)], () => world)).code).toBe(0);
  });

  test('where there is none, the code is 2 and it is told where ids are', async () => {
    const world = await judgedWorld([bare]);
    const { code, out, err } = await proposed(['0'.repeat(32)], () => world);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('StewardFindings');
  });

  test('where a person has to decide, the code is 3 and it is told what', async () => {
    const world = await judgedWorld([agent]);
    const { code, out, err } = await proposed([findingOn(world, 'pod-security', agent).findingId], () => world);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('a person has to decide');
  });

  test('where the cluster cannot be read, the code is 4 and it is told what to grant', async () => {
    const world = await judgedWorld([bare]);
    shut(world);
    const { code, out, err } = await proposed([findingOn(world, control, bare).findingId], () => world);
    expect([code, out]).toEqual([4, '']);
    expect(err).toContain('apply infra/kubernetes/reader.yaml');
  });

  test.each([
    [subscriptionId.toUpperCase(), 0],
    ['other', 1],
  ])('in the subscription %s the code is %i', async (subscription, wanted) => {
    const world = await judgedWorld([bare]);
    const { findingId } = findingOn(world, control, bare);
    const { code } = await proposed([findingId, '--subscription', subscription], () => world);
    expect(code).toBe(wanted);
  });

  test('wrong settings and nobody signed in are one line, and the code is 1', async () => {
    const wrong = await proposed(['a'], () => {
      throw new SettingsError('setting ONE is missing');
    });
    expect(wrong).toEqual({ code: 1, out: '', err: 'setting ONE is missing' });
    const signedOut = Object.assign(new Error('nobody is signed in'), { name: 'CredentialUnavailableError' });
    expect(
      (
        await proposed(['a'], () => {
          throw signedOut;
        })
      ).code,
    ).toBe(1);
  });

  test('a bug is thrown', async () => {
    await expect(proposed(['a'])).rejects.toThrow('the app was asked');
  });
});

describe('for files', () => {
  test('every proposal is printed with the place of its object, and the app is not asked', async () => {
    const path = file('deploy/shop.yaml', open);
    const { code, out, err } = await proposed(['--manifests', folderOf()]);
    expect([code, err]).toEqual([0, '']);
    expect(namesIn(out)).toEqual(['shop']);
    expect(out).toContain(`# set these fields where the object stands, at ${path}:1, or list this as a patch`);
  });

  test.each([
    'team-a/Ingress/shop',
    'team-a/ingresses/shop',
    'ingress/shop',
    'networking.k8s.io/v1/namespaces/team-a/ingresses/shop',
  ])('an object may be named %s', async (name) => {
    file('a.yaml', `${open}---\n${open.replace('name: shop', 'name: other')}`);
    const { code, out } = await proposed(['--manifests', folderOf(), name]);
    expect([code, namesIn(out)]).toEqual([0, ['shop']]);
  });

  test('an object that is not there ends with 2, with what could not be read', async () => {
    file('a.yaml', `${open}---\n{`);
    const { code, err } = await proposed(['--manifests', folderOf(), 'team-b/Ingress/shop']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /a\.yaml:\d+: is not YAML.*no control judges an object team-b\/Ingress\/shop in it \(it is named as namespace\/kind\/name\)/,
    );
  });

  test('a folder in which nothing is wrong ends with 3', async () => {
    file('a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
    expect(await proposed(['--manifests', folderOf()])).toEqual({
      code: 3,
      out: '',
      err: `${folderOf()}: nothing is wrong`,
    });
  });

  test('of a folder without objects nothing is said to be right', async () => {
    file('package.json', '{"name": "web"}');
    const { code, out, err } = await proposed(['--manifests', folderOf()]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/package\.json:1: .*; .*: there is no object of a cluster in it$/);
  });

  test('what a person has to decide is told, and ends with 3 where it is all', async () => {
    file('a.json', agent);
    const { code, out, err } = await proposed(['--manifests', folderOf(), 'DaemonSet/agent']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/daemonsets\/agent: a person has to decide: it is an agent of the nodes/);
  });

  test('a name that holds what moves the cursor of a terminal is told on one line', async () => {
    file(
      'a.json',
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'odd' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'b\u001b[2J\nc' }],
      }),
    );
    const { code, err } = await proposed(['--manifests', folderOf(), 'ClusterRoleBinding/odd']);
    expect(code).toBe(3);
    expect(err).toMatch(/^[^\u001b\n]+$/);
  });

  test('the version of Kubernetes decides what is asked', async () => {
    file('a.yaml', open);
    expect((await proposed(['--manifests', folderOf(), '--kubernetes-version', 'x'])).err).toContain(
      'a version as 1.36',
    );
    expect((await proposed(['--manifests', folderOf(), '--kubernetes-version', '1.30'])).code).toBe(0);
  });

  test('the audit tells the command that prints the patch, and it does', async () => {
    file("it's here/a.yaml", open);
    const path = `${folderOf()}/it's here`;
    const { out } = audit('manifests', path);
    const command = /^ {2}propose {2}the patch: npm run propose -- (.*)$/m.exec(out)?.[1] ?? '';
    const words = spawnSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    expect(words).toEqual(['--manifests', path, 'networking.k8s.io/v1/namespaces/team-a/ingresses/shop']);
    expect((await proposed(words)).code).toBe(0);
  });
});

test.each([
  [[], 'the id of a finding is needed, or --manifests with a folder'],
  [['a', 'b'], '"b" is one argument too many'],
  [['--what'], "Unknown option '--what'"],
  [['a', '--kubernetes-version', '1.30'], '--kubernetes-version is only taken with --manifests'],
  [['--manifests', 'x', '--subscription', 'y'], '--subscription is not taken with --manifests'],
  [['--manifests', 'nowhere'], 'nowhere: there is no such file or folder'],
])('%j is wrong use, and ends with 1', async (args, text) => {
  expect(await proposed(args)).toEqual({ code: 1, out: '', err: expect.stringContaining(text) });
});

test('--help tells the exit codes and asks nothing', async () => {
  const { code, out } = await proposed(['--help']);
  expect(code).toBe(0);
  expect(out).toMatch(/Exit code: 0 printed, 1 wrong use/);
});

test('the command is built and runs', () => {
  const path = file('a.yaml', open);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/propose.js', '--manifests', path], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(namesIn(stdout)).toEqual(['shop']);
});
