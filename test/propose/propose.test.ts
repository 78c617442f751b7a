import type { Finding } from '../../shared/core/finding';
import { readManifests } from '../../shared/kubernetes/manifests/read';
import { propose } from '../../shared/propose/propose';
import { cluster, clusterId } from '../azure/cluster-given';
import { given } from '../kubernetes/given';
import { idIn, resource, subscriptionId } from '../given';
import { agent, bare, covered, findingOn, idOf, judgedWorld, put, shut, wholeOf } from './given';

const control = 'ingress-certificates';
const patched = { hosts: ['shop.example.com'], secretName: 'shop-example-com-tls' };
const second = given('networking.k8s.io/v1', 'Ingress', 'second', { spec: bare.spec as object });

/** The objects that are proposed, as `Ingress shop`. */
async function objectsFor(world: Parameters<typeof propose>[0], reference: string) {
  const proposed = await propose(world, reference);
  if (proposed.state !== 'proposed') throw new Error(`${proposed.state}: ${proposed.reason}`);
  const { manifests, problems } = readManifests(proposed.text, 'a.yaml');
  expect(problems).toEqual([]);
  return { ...proposed, objects: manifests.map(({ object }) => object) };
}

test('the finding about an object is answered with the patch of that object, and its own id', async () => {
  const world = await judgedWorld([bare, second]);
  const { findingId, remedy } = findingOn(world, control, bare);
  expect(remedy).toContain(`npm run propose -- ${findingId}`);
  const { objects, text } = await objectsFor(world, findingId);
  expect(objects).toEqual([{ ...given('networking.k8s.io/v1', 'Ingress', 'shop'), spec: { tls: [patched] } }]);
  expect(text).toContain(`# ${idOf(bare)}\n# finding ${findingId}\n`);
});

test('an id is known in either case', async () => {
  const world = await judgedWorld([bare]);
  const { findingId } = findingOn(world, control, bare);
  expect((await propose(world, findingId.toUpperCase())).state).toBe('proposed');
});

test('the finding that sums up a cluster is answered with all of it, also with what came since', async () => {
  const world = await judgedWorld([bare]);
  put(world, [bare, second]);
  const { objects } = await objectsFor(world, wholeOf(world, control).findingId);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['second', 'shop']);
});

test('an object is answered with all that is proposed about it, whatever control says so', async () => {
  const web = given('apps/v1', 'Deployment', 'web', {
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'nginx',
              image: 'registry.k8s.io/ingress-nginx/controller:v1',
              args: ['--default-ssl-certificate=a/b'],
            },
          ],
        },
      },
    },
  });
  const { objects, text } = await objectsFor(await judgedWorld([web]), idOf(web));
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Deployment web', 'Deployment web']);
  expect(text).toContain('# Steward, pod-security: ');
  expect(text).toContain('# Steward, ingress-certificates: ');
  expect(text).toContain('apply each by itself');
});

test('it is made from what is there now', async () => {
  const world = await judgedWorld([bare]);
  const { findingId } = findingOn(world, control, bare);
  put(world, [covered]);
  expect(await propose(world, findingId)).toMatchObject({
    state: 'none',
    reason: expect.stringContaining('could not be told'),
  });
  put(world, []);
  world.pass(61_000);
  expect(await propose(world, findingId)).toEqual({
    state: 'right',
    reason: `${idOf(bare)} is not there any more, or ${control} asks nothing of it any more`,
  });
});

test('what became right has nothing to be proposed', async () => {
  const pod = { name: 'web', image: 'web:1', securityContext: {} };
  const open = given('v1', 'Pod', 'web', { spec: { containers: [pod] } });
  const world = await judgedWorld([open]);
  const { findingId } = findingOn(world, 'pod-security', open);
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
    seLinuxOptions: { level: 's0:c1,c2' },
  };
  put(world, [
    given('v1', 'Pod', 'web', {
      spec: { securityContext: { fsGroup: 1000 }, containers: [{ ...pod, securityContext }] },
    }),
  ]);
  expect(await propose(world, findingId)).toMatchObject({
    state: 'right',
    reason: expect.stringContaining(`${idOf(open)}: nothing is wrong any more`),
  });
});

test('what a person has to decide is told, and nothing is promised', async () => {
  const world = await judgedWorld([agent]);
  const { findingId, remedy } = findingOn(world, 'pod-security', agent);
  expect(remedy).not.toContain('propose');
  expect(await propose(world, findingId)).toMatchObject({
    state: 'none',
    reason: expect.stringMatching(/daemonsets\/agent: a person has to decide: it is an agent of the nodes/),
  });
});

test('of several, what a person has to decide is a note', async () => {
  const web = given('apps/v1', 'Deployment', 'web', {
    spec: { template: { spec: { containers: [{ name: 'web' }] } } },
  });
  const world = await judgedWorld([agent, web]);
  const { objects, notes } = await objectsFor(world, wholeOf(world, 'pod-security').findingId);
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['web']);
  expect(notes).toEqual([expect.stringContaining('daemonsets/agent: a person has to decide')]);
});

test('a cluster that cannot be read is unread, with the reason and what to grant', async () => {
  const world = await judgedWorld([bare]);
  shut(world);
  const proposed = await propose(world, findingOn(world, control, bare).findingId);
  expect(proposed).toMatchObject({
    state: 'unread',
    reason: expect.stringMatching(/could not be read: ClusterRoleNotBound .*→ apply infra\/kubernetes\/reader\.yaml/),
  });
});

test('a cluster that is gone has nothing to be proposed', async () => {
  const world = await judgedWorld([bare]);
  world.azure.resources = [];
  const proposed = await propose(world, findingOn(world, control, bare).findingId);
  expect(proposed).toEqual({ state: 'right', reason: `${clusterId} is not there any more` });
});

test('an id that no finding has is told, with where ids are', async () => {
  const world = await judgedWorld([bare]);
  expect(await propose(world, 'f'.repeat(32))).toEqual({
    state: 'notFound',
    reason: expect.stringMatching(/there is no finding f{32} in .*FindingId in Sentinel’s table StewardFindings/),
  });
  const other = '99999999-2222-4333-8444-555555555555';
  const { findingId } = findingOn(world, control, bare);
  expect((await propose(world, findingId, [other])).state).toBe('notFound');
  expect((await propose(world, findingId, [subscriptionId])).state).toBe('proposed');
});

test('the settings of an agent that is not there are proposed to nobody, and no cluster is asked for them', async () => {
  const world = await judgedWorld([bare]);
  const { aspects, findingId } = wholeOf(world, 'container-log-settings');
  expect((await propose(world, findingId)).state).toBe('none');
  shut(world);
  world.pass(61_000);
  expect(await propose(world, aspects!.find(({ aspect }) => aspect === 'agent-config')!.findingId)).toEqual({
    state: 'none',
    reason: 'container-log-settings writes no proposal for it: there is no agent that would read it',
  });
});

test('the ConfigMap of an agent that is there is proposed', async () => {
  const world = await judgedWorld([]);
  const addonProfiles = {
    omsagent: {
      enabled: true,
      config: { logAnalyticsWorkspaceResourceID: idIn('rg', 'Microsoft.OperationalInsights/workspaces/w') },
    },
  };
  world.azure.resources = [cluster({ addonProfiles })];
  const whole = wholeOf(world, 'container-log-settings');
  world.stored.set(whole.findingId, {
    ...whole,
    aspects: whole.aspects!.map((one): Finding => (one.aspect === 'agent-config' ? { ...one, state: 'open' } : one)),
  });
  const { objects } = await objectsFor(
    world,
    whole.aspects!.find(({ aspect }) => aspect === 'agent-config')!.findingId,
  );
  expect(objects.map(({ metadata }) => metadata.name)).toEqual(['container-azm-ms-agentconfig']);
});

describe('what Steward writes itself', () => {
  const network = idIn('rg', 'Microsoft.Network/virtualNetworks/net');
  const changes = [
    {
      resourceId: network,
      summary: 'switch it on',
      differences: [{ path: 'properties.enabled', before: false, after: true }],
    },
  ];
  const finding = {
    findingId: 'a'.repeat(32),
    controlId: 'flow-logs',
    resourceId: network,
    reason: 'it is off',
    changes,
  };

  async function proposedWith(fields: Partial<Finding>, remediate: readonly string[]) {
    const world = await judgedWorld([]);
    world.azure.resources = [resource(network, {})];
    world.stored.set(finding.findingId, {
      ...wholeOf(world, control),
      aspects: [],
      ...finding,
      state: 'open',
      ...fields,
    });
    return propose({ ...world, settings: { ...world.settings, remediate } }, finding.findingId);
  }

  test.each([
    [[], 'Steward writes this itself when REMEDIATE names flow-logs'],
    [['flow-logs'], 'REMEDIATE names the control and Steward writes this itself'],
  ])('is shown as comments, which nobody can apply: %j', async (remediate, said) => {
    const proposed = await proposedWith({}, remediate);
    const text = proposed.state === 'proposed' ? proposed.text : '';
    expect(text.split('\n').slice(1)).toEqual([
      '# switch it on',
      `#   ${network}`,
      '#   properties.enabled: false → true',
      '',
    ]);
    expect(text.split('\n')[0]).toContain(said);
  });

  test('is no more when it is right', async () => {
    expect(await proposedWith({ state: 'resolved', reason: 'it is on' }, [])).toEqual({
      state: 'right',
      reason: 'flow-logs: it is on',
    });
  });

  test('is nothing where nothing was worked out', async () => {
    expect(await proposedWith({ changes: [] }, [])).toEqual({
      state: 'none',
      reason: 'flow-logs writes no proposal for it: it is off',
    });
  });
});
