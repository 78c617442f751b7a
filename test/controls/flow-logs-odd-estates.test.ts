import { flowLogs } from '../../shared/controls/flow-logs';
import type { Resource } from '../../shared/core/resource';
import { reasonOf } from '../../shared/core/verdict';
import { having, idIn, resource } from '../given';
import {
  accountId,
  deletionRule,
  groupId,
  interfaceId,
  judged,
  lifecycleOf,
  log,
  logId,
  logOn,
  network,
  networkId,
  securityGroup,
  subnetId,
  zone,
  zoneWith,
  zoneWithout,
} from './landing-zone';

describe('what real estates hold', () => {
  test.each<[string, readonly Resource[]]>([
    ['nulls where nothing is', zoneWith(having(log, { enabledFilteringCriteria: null, recordTypes: null }))],
    ['a second log that is off', zoneWith(logOn(networkId, 'old', { enabled: false }))],
    [
      'a short rule for the container of another kind of log',
      zoneWith(
        lifecycleOf(accountId, [
          deletionRule('tidy', 7, { prefixMatch: ['insights-logs-networksecuritygroupflowevent/'] }),
        ]),
      ),
    ],
    [
      'a short rule whose prefix names the container in another case, which matches nothing',
      zoneWith(lifecycleOf(accountId, [deletionRule('tidy', 7, { prefixMatch: ['Insights-Logs-FlowLogFlowEvent/'] })])),
    ],
    [
      'a short rule for another log',
      zoneWith(
        lifecycleOf(accountId, [
          deletionRule('tidy', 7, {
            prefixMatch: [
              'insights-logs-flowlogflowevent/flowLogResourceID=/11111111-2222-4333-8444-555555555555_NETWORKWATCHERRG/NETWORKWATCHER_WESTEUROPE_OTHER/',
            ],
          }),
        ]),
      ),
    ],
  ])('and is right: %s', (_, resources) => {
    expect(judged(network, resources)).toMatchObject({ state: 'compliant' });
  });

  test('a log under the second of two watchers of a region counts', () => {
    const second = resource(idIn('rg-second', 'Microsoft.Network/networkWatchers/second'), { location: 'westeurope' });
    const there = { ...log, id: `${second.id}/flowLogs/there` };
    expect(judged(network, [...zoneWithout(logId), second, there]).state).toBe('compliant');
  });

  test('a rule on the path of security-group logs counts for those', () => {
    const rules = [
      deletionRule('tidy', 7, {
        prefixMatch: [`insights-logs-networksecuritygroupflowevent/resourceId=${groupId.toUpperCase()}`],
      }),
    ];
    const verdict = judged(network, [...zoneWithout(logId), logOn(groupId, 'old'), lifecycleOf(accountId, rules)]);
    expect(reasonOf(verdict)).toMatch(/flow log old has to be kept for 90 days, but lifecycle rule "tidy"/);
  });

  test('everything that is too short is told at once', () => {
    const short = having(log, { retentionPolicy: { days: 30, enabled: true } });
    const verdict = judged(network, zoneWith(short, lifecycleOf(accountId, [deletionRule('tidy', 60)])));
    expect(reasonOf(verdict)).toMatch(
      /retention policy deletes after 30 days; .*lifecycle rule "tidy" .* after 60 days/,
    );
  });

  test('an account that is gone does not hide a retention that is too short', () => {
    const short = having(log, { retentionPolicy: { days: 7, enabled: true } });
    expect(reasonOf(judged(network, [...zoneWithout(accountId, logId), short]))).toMatch(
      /after 7 days; .*does not exist/,
    );
  });

  test('two logs that are on, on one subnet, cost twice', () => {
    const verdict = judged(network, zoneWith(logOn(subnetId, 'one'), logOn(subnetId, 'two')));
    expect(reasonOf(verdict)).toBe(
      'flow log two of snet-nodes logs the same traffic again, which costs twice: switch it off',
    );
  });

  test('a workspace id of zeros names no workspace', () => {
    const analytics = {
      networkWatcherFlowAnalyticsConfiguration: {
        enabled: true,
        workspaceId: '00000000-0000-0000-0000-000000000000',
        workspaceResourceId: '',
      },
    };
    expect(reasonOf(judged(network, zoneWith(having(log, { flowAnalyticsConfiguration: analytics }))))).toMatch(
      /names no workspace/,
    );
  });
});

describe('a security group on one interface of a subnet', () => {
  const onInterface = having(securityGroup, { subnets: undefined, networkInterfaces: [{ id: interfaceId }] });
  const nic = resource(interfaceId, {
    location: 'westeurope',
    properties: {
      networkSecurityGroup: { id: groupId },
      ipConfigurations: [{ properties: { subnet: { id: subnetId } } }],
    },
  });

  test('is right when that interface is logged, whatever else is in the subnet', () => {
    expect(judged(onInterface, [...zoneWithout(logId), nic, logOn(interfaceId, 'nic-log')]).state).toBe('compliant');
  });

  test('is wrong when neither the interface nor anything around it is logged', () => {
    expect(judged(onInterface, [...zoneWithout(logId), nic]).state).toBe('violation');
  });

  test('and its network are woken when the interface is written', () => {
    expect(flowLogs.concerns(nic)).toEqual([groupId, networkId]);
  });
});

test('a log on a subnet concerns its network', () => {
  expect(flowLogs.concerns(logOn(subnetId, 'one'))).toEqual([networkId]);
});

test('the zone that these tests start from is right', () => {
  expect(judged(network, zone).state).toBe('compliant');
});
