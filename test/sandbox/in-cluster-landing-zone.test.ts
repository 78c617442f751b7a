import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kind, names, readIn } from './cluster-reads';
import { deployment } from './deployment';
import { startSandbox } from './sandbox';
import { loadEstate } from './subscription/index';

jest.setTimeout(60_000);

const landingZone = join(__dirname, '../../../shared/estate');
const real = existsSync(landingZone) ? test : test.skip;

real('a cluster that decides by itself is read by the ClusterRole, and not without it', async () => {
  const estate = await loadEstate(landingZone);
  const sandbox = await startSandbox({ estate, settings: { REMEDIATE: '' } });
  sandbox.subscription.seed(estate.resources);
  const ids = estate.resources.flatMap(({ id }) => /\/managedClusters\/([^/]+)$/.exec(id)?.[1] ?? []);
  const read = (): ReturnType<typeof readIn> =>
    readIn(sandbox, estate, ids[0] ?? '', [kind('networkpolicies', 'networking.k8s.io'), kind('pods')]);
  try {
    const [policies, pods] = await read();
    expect(names(policies)).toHaveLength(7);
    expect(names(pods)).toEqual([]);
    const unbound = deployment(estate)
      .objects(estate)
      .map((one) => ({ ...one, object: { ...one.object, subjects: [] } }));
    sandbox.subscription.inClusters.put(unbound);
    const [unread] = await read();
    expect(names(unread)).toMatch(
      /^ClusterRoleNotBound \(403\): networkpolicies\.networking\.k8s\.io is forbidden: .* → apply infra\/kubernetes\/reader\.yaml/,
    );
  } finally {
    await sandbox.close();
  }
});
