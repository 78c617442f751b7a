import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { singleFindings, type Finding } from '../../shared/core/finding';
import { startSandbox } from './sandbox';
import { loadEstate } from './subscription/index';

jest.setTimeout(90_000);

const sample = join(__dirname, 'estate');
const landingZone = join(__dirname, '../../../shared/estate');
const isOfCluster = ({ controlId }: Finding): boolean => /^(cluster-access|container-log-settings)$/.test(controlId);

/** What two controls say of the clusters, each thing by itself, after everything was judged. */
async function judgedIn(folder: string): Promise<readonly Finding[]> {
  const sandbox = await startSandbox({ estate: await loadEstate(folder), settings: { REMEDIATE: '' } });
  try {
    await sandbox.createEstate();
    await sandbox.settle();
    await sandbox.host.run('reconcile');
    await sandbox.settle();
    return (await sandbox.findings()).filter(isOfCluster).flatMap(singleFindings);
  } finally {
    await sandbox.close();
  }
}

const isRight = ({ state }: Finding): boolean => state === 'compliant' || state === 'resolved';
const name = ({ controlId, aspect = '' }: Finding): string => `${controlId}/${aspect}`;

/** The calendar goes on: what is supported when this is written is not for ever. */
const isDated = ({ aspect = '' }: Finding): boolean => /^(kubernetes-version|components|node-images)$/.test(aspect);

test('of the sample’s clusters one is right in all that no calendar decides, and the other has a finding of each control', async () => {
  const findings = await judgedIn(sample);
  const of = (cluster: string): readonly Finding[] =>
    findings
      .filter(({ resourceId }) => `${resourceId}/`.includes(`${cluster}/`))
      .filter((finding) => !isDated(finding));
  expect(of('/aks-pay')).toHaveLength(12);
  expect(of('/aks-pay').filter((finding) => !isRight(finding))).toEqual([]);
  expect(
    of('/aks-shop')
      .filter((finding) => !isRight(finding))
      .map((finding) => [name(finding), finding.state, finding.severity])
      .toSorted(),
  ).toEqual([
    ['cluster-access/api-server-reach', 'open', 'high'],
    ['cluster-access/local-accounts', 'open', 'high'],
    ['container-log-settings/agent-config', 'open', 'low'],
    ['container-log-settings/audit-log', 'open', 'low'],
    ['container-log-settings/collection-rule', 'open', 'medium'],
  ]);
});

(existsSync(landingZone) ? test : test.skip)(
  'of a real landing zone’s cluster all is found that its files show, and nothing else (skipped without ../shared/estate)',
  async () => {
    const findings = await judgedIn(landingZone);
    const wrong = findings.filter((finding) => !isRight(finding));
    expect(wrong.map((finding) => [name(finding), finding.state, finding.severity]).toSorted()).toEqual([
      ['cluster-access/azure-rbac', 'open', 'medium'],
      ['cluster-access/components', 'open', 'medium'],
      ['cluster-access/kubernetes-version', 'open', 'high'],
      ['cluster-access/local-accounts', 'open', 'high'],
      ['cluster-access/node-images', 'unknown', 'high'],
      ['cluster-access/run-command', 'open', 'medium'],
      ['cluster-access/workload-identity', 'open', 'medium'],
      // Its ConfigMap collects environment variables, and workloads have such that come from Secrets.
      ['container-log-settings/agent-config', 'open', 'medium'],
      ['container-log-settings/collection-rule', 'open', 'medium'],
    ]);
    expect(findings.filter(isRight).map(name).toSorted()).toEqual([
      'cluster-access/api-server-reach',
      'cluster-access/entra-integration',
      'container-log-settings/agent',
      'container-log-settings/audit-log',
      'container-log-settings/retention',
      'container-log-settings/sign-in-log',
    ]);
  },
);
