import { containerLogSettings } from '../../shared/controls/container-log-settings';
import type { Resource } from '../../shared/core/resource';
import type { Verdict } from '../../shared/core/verdict';
import { having, resource } from '../given';
import { cluster, clusterId, workspaceId } from './clusters';
import {
  addon,
  association,
  judged,
  otherWorkspaceId,
  rule,
  setting,
  table,
  unknown,
  violation,
  workspace,
} from './logging-cluster';

describe('retention', () => {
  const kept = (changed: readonly Resource[], without: readonly string[] = []): Verdict | undefined =>
    judged(changed, without)['retention'];

  test.each<[string, Resource, RegExp]>([
    ['a day less', having(workspace, { retentionInDays: 89 }), /log-platform keeps logs 89 days; 90 are needed/],
    ['the default, when it does not say', having(workspace, { retentionInDays: undefined }), /keeps logs 30 days/],
    [
      'less in a table',
      having(table, { retentionInDays: 30, totalRetentionInDays: 60 }),
      /table ContainerLogV2 of workspace log-platform keeps logs 60 days; 90 are needed \(LOG_RETENTION_DAYS\)/,
    ],
  ])('of %s is a violation', (_, changed, reason) => {
    expect(kept([changed])).toEqual(violation('medium', reason));
  });

  test.each<[string, Resource]>([
    ['an unlimited workspace', having(workspace, { retentionInDays: -1 })],
    ['a day more', having(workspace, { retentionInDays: 91 })],
    ['a table that leaves it to its workspace', having(table, { retentionInDays: -1, totalRetentionInDays: -1 })],
    ['a table with an archive', having(table, { retentionInDays: 30, totalRetentionInDays: 90 })],
    ['a table that says nothing', having(table, { retentionInDays: undefined, totalRetentionInDays: undefined })],
    ['a table of other things', resource(`${workspaceId}/tables/Heartbeat`, { properties: { retentionInDays: 4 } })],
  ])('of %s is right', (_, changed) => {
    expect(kept([changed])?.state).toBe('compliant');
  });

  test('counts in the workspace of the agent, of the rule and of the diagnostic setting', () => {
    const short = resource(otherWorkspaceId, { properties: { retentionInDays: 31 } });
    const elsewhere: readonly Resource[] = [
      having(cluster, addon('omsagent', { logAnalyticsWorkspaceResourceID: otherWorkspaceId, useAADAuth: 'true' })),
      having(rule, {
        destinations: { logAnalytics: [{ name: 'ciworkspace', workspaceResourceId: otherWorkspaceId }] },
      }),
      having(setting, { workspaceId: otherWorkspaceId.toUpperCase() }),
    ];
    for (const one of elsewhere)
      expect(kept([short, one])).toEqual(violation('medium', /log-other keeps logs 31 days/));
    expect(kept([short, ...elsewhere])).toEqual(violation('medium', /log-other/));
  });

  test('that is no number, or tables that cannot be read, are unknown', () => {
    expect(kept([having(workspace, { retentionInDays: 'long' })])).toEqual(unknown(/cannot be understood/));
    const tables = `${workspaceId}|Microsoft.OperationalInsights/workspaces/tables`;
    expect(judged([], [], { [tables]: 'no permission' })['retention']).toEqual(unknown(/tables .*no permission/));
  });

  test('does not concern a cluster whose logs no workspace gets', () => {
    const off = having(cluster, { addonProfiles: {} });
    expect(kept([off], [setting.id])?.state).toBe('notApplicable');
    expect(kept([], [workspaceId])?.state).toBe('notApplicable');
  });
});

describe('a change', () => {
  test.each([
    ['of a diagnostic setting', setting],
    ['of an association', association],
  ])('%s concerns the cluster that it is on', (_, written) => {
    expect(containerLogSettings.concerns(written)).toEqual([clusterId]);
  });

  test('of a setting on something else concerns no cluster', () => {
    expect(containerLogSettings.concerns({ ...setting, id: setting.id.replace('managedClusters', 'fleets') })).toEqual(
      [],
    );
    expect(containerLogSettings.concerns(workspace)).toEqual([]);
  });

  test('of something else on the cluster does not concern it', () => {
    const lock = resource(`${clusterId}/providers/Microsoft.Authorization/locks/keep`, { properties: {} });
    expect(containerLogSettings.concerns(lock)).toEqual([]);
  });
});
