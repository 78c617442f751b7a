import { join } from 'node:path';
import { singleFindings, type Finding } from '../../shared/core/finding';
import { deployment } from './deployment';
import { grantsOf } from './grants';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
import { loadEstate, type ClusterObject, type Estate } from './subscription/index';

jest.setTimeout(120_000);

const controlIds = [
  'cluster-roles',
  'ingress-certificates',
  'mesh-certificates',
  'network-policies',
  'pod-security',
] as const;

/** The sample's cluster with much to put right, alone: what else there is does not matter here. */
async function onlyShop(): Promise<Estate> {
  const { resources, objects = [], ...estate } = await loadEstate(join(__dirname, 'estate'));
  return {
    ...estate,
    resources: resources.filter(({ id }) => /\/(rg-shop|aks-shop)$/.test(id)),
    objects: objects.filter(({ clusterId }) => clusterId.endsWith('/aks-shop')),
  };
}

async function played<T>(
  options: (estate: Estate) => Partial<SandboxOptions>,
  look: (sandbox: Sandbox, estate: Estate) => Promise<T>,
): Promise<T> {
  const estate = await onlyShop();
  const sandbox = await startSandbox({ estate, settings: { REMEDIATE: '' }, ...options(estate) });
  try {
    await sandbox.createEstate();
    await sandbox.settle();
    return await look(sandbox, estate);
  } finally {
    await sandbox.close();
  }
}

/** What is said of what is in the cluster, each thing by itself. */
async function said({ findings }: Sandbox): Promise<readonly Finding[]> {
  const isOfThem = ({ controlId }: Finding): boolean => controlIds.some((one) => one === controlId);
  return (await findings()).filter(isOfThem).flatMap(singleFindings);
}

const lookedFor = (findings: readonly Finding[], place: string): readonly string[] =>
  findings.filter(({ resourceId }) => resourceId.endsWith(place)).map(({ state }) => state);

/** What the app has just read serves it for a minute; an instance that starts has read nothing. */
async function reconciled(sandbox: Sandbox): Promise<readonly Finding[]> {
  await sandbox.restart();
  await sandbox.host.run('reconcile');
  await sandbox.settle();
  return said(sandbox);
}

/** A policy that closes a namespace. */
function denyAll(clusterId: string, space: string): ClusterObject {
  const kind = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };
  return {
    ...kind,
    clusterId,
    id: `${clusterId}/kubernetes/${kind.group}/v1/namespaces/${space}/networkpolicies/default-deny`,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace: space },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    },
  };
}

test('a cluster that was created is judged inside by the event of its creation, without a look at any Secret', () =>
  played(
    () => ({}),
    async (sandbox) => {
      const findings = await said(sandbox);
      expect(new Set(findings.map(({ controlId }) => controlId))).toEqual(new Set(controlIds));
      const storefront = findings.find(({ resourceId }) => resourceId.endsWith('/deployments/storefront'));
      expect(storefront).toMatchObject({
        controlId: 'pod-security',
        state: 'open',
        severity: 'high',
        resourceId: expect.stringMatching(
          /\/managedClusters\/aks-shop\/kubernetes\/apps\/v1\/namespaces\/shop\/deployments\/storefront$/,
        ),
      });
      const inside = sandbox.subscription.requests.filter(({ path }) => path.startsWith('/cluster-api/'));
      expect(inside.some(({ path }) => path.endsWith('/api/v1/pods'))).toBe(true);
      expect(inside.filter(({ path, method }) => /\/secrets$/i.test(path) || method !== 'GET')).toEqual([]);
      expect(sandbox.writes()).toEqual([]);
    },
  ));

test('what changes in the cluster is seen by the reconciler, and what was put right is resolved', () =>
  played(
    () => ({}),
    async (sandbox, { objects = [] }) => {
      expect(lookedFor(await said(sandbox), '/core/v1/namespaces/shop')).toEqual(['open']);
      sandbox.subscription.inClusters.put([denyAll(objects[0]!.clusterId, 'shop')]);
      const findings = await reconciled(sandbox);
      expect(lookedFor(findings, '/core/v1/namespaces/shop')).toEqual(['resolved']);
      expect(lookedFor(findings, '/core/v1/namespaces/default')).toEqual(['open']);
      expect(lookedFor(findings, '/networkpolicies/default-deny')).toEqual(['compliant']);
    },
  ));

test('one kind that is forbidden makes the controls that need it unknown, with what to grant, and no others', () => {
  const withoutPolicies = (estate: Estate): Partial<SandboxOptions> => ({
    simulation: {
      grants: grantsOf(estate, { ...deployment(estate).choices, REMEDIATE: '' }).map(
        ({ dataActions = [], ...grant }) => ({
          ...grant,
          dataActions: dataActions.filter((action) => !/networking\.k8s\.io\/networkpolicies\/read$/i.test(action)),
        }),
      ),
    },
  });
  return played(withoutPolicies, async (sandbox) => {
    const findings = await said(sandbox);
    const unknown = findings.filter(({ state }) => state === 'unknown');
    expect(unknown).toMatchObject([
      {
        controlId: 'network-policies',
        reason: expect.stringMatching(
          /^networkpolicies could not be read: .* is forbidden: .* → assign the role Steward cluster-reader to the app/,
        ),
      },
    ]);
    expect(lookedFor(findings, '/deployments/storefront')).toEqual(['open']);
  });
});

test('a cluster that does not answer is unknown, and judged again once it answers', () =>
  played(
    () => ({}),
    async (sandbox) => {
      const away = sandbox.subscription.faults.add({
        match: ({ path }) => path.startsWith('/cluster-api/'),
        answer: { kind: 'disconnect' },
        times: Infinity,
      });
      const before = await reconciled(sandbox);
      expect(new Set(before.map(({ state }) => state))).toEqual(new Set(['unknown']));
      away();
      expect(lookedFor(await reconciled(sandbox), '/deployments/storefront')).toEqual(['open']);
    },
  ));
