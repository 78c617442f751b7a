import { flowLogs } from '../../shared/controls/flow-logs';
import type { Resource } from '../../shared/core/resource';
import { having, inventoryOf, resource, settings } from '../given';
import {
  groupId,
  interfaceId,
  judged,
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

const nic = resource(interfaceId, {
  location: 'westeurope',
  properties: {
    ipConfigurations: [{ id: `${interfaceId}/ipConfigurations/one`, properties: { subnet: { id: subnetId } } }],
  },
});

describe('a network security group', () => {
  test.each<[string, Resource, readonly Resource[], string]>([
    ['is compliant when the network of its subnet is logged', securityGroup, zone, 'compliant'],
    [
      'is compliant when its own legacy log is right',
      securityGroup,
      zoneWith(logOn(groupId, 'spoke-flowlog')),
      'compliant',
    ],
    [
      'is compliant beside its network when both are logged: the network tells of it',
      securityGroup,
      zoneWith(logOn(groupId, 'old')),
      'compliant',
    ],
    ['is a violation when its subnet is not logged', securityGroup, zoneWithout(logId), 'violation'],
    [
      'is a violation when the log of its network is off',
      securityGroup,
      zoneWith(having(log, { enabled: false })),
      'violation',
    ],
    [
      'is not applicable when it protects nothing',
      having(securityGroup, { subnets: undefined }),
      zone,
      'notApplicable',
    ],
    ['is unknown when the network that it names is gone', securityGroup, zoneWithout(networkId), 'unknown'],
  ])('%s', (_, subject, resources, state) => {
    expect(judged(subject, resources).state).toBe(state);
  });

  const onInterface = having(securityGroup, { subnets: undefined, networkInterfaces: [{ id: interfaceId }] });

  test('on an interface is judged by the subnet of that interface', () => {
    expect(judged(onInterface, zoneWith(nic)).state).toBe('compliant');
    expect(judged(onInterface, [...zoneWithout(logId), nic]).state).toBe('violation');
  });

  test('on an interface counts its own legacy log', () => {
    expect(judged(onInterface, zoneWith(nic, logOn(groupId, 'spoke-flowlog'))).state).toBe('compliant');
  });

  test('on an interface that cannot be read is unknown', () => {
    const verdict = flowLogs.evaluate(
      onInterface,
      inventoryOf(zone, { [interfaceId]: 'AuthorizationFailed' }),
      settings,
    );
    expect(verdict).toMatchObject({ state: 'unknown', reason: 'network interface nic-jumpbox: AuthorizationFailed' });
  });
});

describe('a written resource concerns', () => {
  test('a flow log its target', () => {
    expect(flowLogs.concerns?.(log)).toEqual([networkId]);
  });

  test('a network the security groups of its subnets', () => {
    expect(flowLogs.concerns?.(network)).toEqual([groupId]);
  });
});
