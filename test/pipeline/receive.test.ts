import { assignedPolicies } from '../../shared/controls/assigned-policies';
import { flowLogs } from '../../shared/controls/flow-logs';
import type { ChangeEvent } from '../../shared/core/change-event';
import { receive, type Reception } from '../../shared/pipeline/receive';
import { accountId, groupId, interfaceId, logId, networkId, subnetId, watcherId } from '../controls/landing-zone';
import { idIn, settings, subscription, workspaceId } from '../given';

const own = { client: 'c11e0000-0000-4000-8000-00000000aaaa', object: '0b1e0000-0000-4000-8000-00000000bbbb' };
const stranger = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const clusterId = idIn('rg-app', 'Microsoft.ContainerService/managedClusters/aks');
const eventAt = '2026-03-01T08:00:00.000Z';
const receivedAt = '2026-03-01T08:00:02.000Z';

const received = (changed: Partial<ChangeEvent>): Reception =>
  receive({ id: networkId, kind: 'written', eventAt, by: [stranger], ...changed }, receivedAt, {
    settings,
    controls: [flowLogs, assignedPolicies],
    ownIds: [own.client, own.object],
  });

const waking = (id: string): Reception => ({
  message: { scope: { kind: 'resource', id }, cause: 'event', eventAt, receivedAt },
});

describe('an event wakes', () => {
  test.each<[string, Partial<ChangeEvent>, string]>([
    ['the resource that was written', {}, networkId],
    ['the resource that was deleted', { kind: 'deleted' }, networkId],
    ['a resource in another case', { id: networkId.toUpperCase() }, networkId.toUpperCase()],
    ['a security group', { id: groupId }, groupId],
    ['the network of a subnet', { id: subnetId }, networkId],
    ['the network of a subnet that was deleted', { id: subnetId, kind: 'deleted' }, networkId],
    ['the network of a peering', { id: `${networkId}/virtualNetworkPeerings/hub` }, networkId],
    ['the cluster of an agent pool', { id: `${clusterId}/agentPools/system` }, clusterId],
    ['the security group of a rule', { id: `${groupId}/securityRules/allow-all` }, groupId],
    ['the network of what extends it', { id: `${networkId}/providers/Microsoft.Authorization/locks/keep` }, networkId],
    ['a flow log, which concerns its network', { id: logId }, logId],
    ['a watcher, which concerns its region', { id: watcherId }, watcherId],
    ['an account, which concerns those that log to it', { id: accountId }, accountId],
    [
      'the rules of an account',
      { id: `${accountId}/managementPolicies/default` },
      `${accountId}/managementPolicies/default`,
    ],
    ['a workspace', { id: workspaceId }, workspaceId],
    ['a network interface', { id: interfaceId }, interfaceId],
    ['the resource, when nobody knows who wrote it', { by: [] }, networkId],
  ])('%s', (_, event, id) => {
    expect(received(event)).toEqual(waking(id));
  });
});

describe('an event is ignored', () => {
  test.each<[string, Partial<ChangeEvent>, RegExp]>([
    ['when nothing was written or deleted', { kind: 'other' }, /^nothing was written or deleted$/],
    ['when we wrote, by our application', { by: [own.client] }, /^our own write$/],
    ['when we wrote, by our object', { by: [stranger, own.object] }, /^our own write$/],
    ['when we wrote, in another case', { by: [own.client.toUpperCase()] }, /^our own write$/],
    [
      'when it is of another subscription',
      { id: networkId.replace(subscription, '/subscriptions/99999999-2222-4333-8444-555555555555') },
      /^another subscription$/,
    ],
    [
      'when it is of no subscription',
      { id: '/providers/Microsoft.Management/managementGroups/root' },
      /^another subscription$/,
    ],
    [
      'when it is of a deployment',
      { id: idIn('rg-network', 'Microsoft.Resources/deployments/deploy-1') },
      /^no control judges Microsoft\.Resources\/deployments$/,
    ],
    ['when it is of the subscription', { id: subscription }, /^no control judges Microsoft\.Resources\/subscriptions$/],
    [
      'when no control judges the type',
      { id: idIn('rg', 'Microsoft.Web/sites/shop') },
      /^no control judges Microsoft\.Web\/sites$/,
    ],
    [
      'when no control judges the parent either',
      { id: idIn('rg', 'Microsoft.Web/sites/shop/slots/blue') },
      /^no control judges Microsoft\.Web\/sites\/slots$/,
    ],
    ['when the resource climbs up', { id: `${networkId}/../../x/y` }, /is not an ARM id/],
    ['when the subscription is reached by climbing', { id: `/x/..${networkId}` }, /is not an ARM id/],
    ['when the resource is encoded', { id: networkId.replace('vnet-spoke', '%2e%2e%2fvnet') }, /is not an ARM id/],
    ['when the id has an empty segment', { id: `/${networkId}` }, /is not an ARM id/],
    ['when the id ends with a slash', { id: `${networkId}/` }, /is not an ARM id/],
    ['when the id has a control character', { id: `${networkId}\u0007` }, /^[^\p{C}]*is not an ARM id[^\p{C}]*$/u],
    ['when the id is a word', { id: 'vnet-spoke' }, /is not an ARM id/],
    ['when there is no id', { id: '' }, /is not an ARM id/],
    [
      'when something else stands before its provider',
      { id: `${subscription}/x/providers/Microsoft.Network/virtualNetworks/vnet` },
      /is not an ARM id/,
    ],
  ])('%s', (_, event, reason) => {
    expect(received(event)).toEqual({ ignored: expect.stringMatching(reason) });
  });

  test('by whoever is not known as ourselves is not', () => {
    const event: ChangeEvent = { id: networkId, kind: 'written', eventAt, by: [own.client] };
    expect(receive(event, receivedAt, { settings, controls: [flowLogs], ownIds: [] })).toEqual(waking(networkId));
  });

  test('when there is no control at all', () => {
    const event: ChangeEvent = { id: networkId, kind: 'written', eventAt, by: [] };
    const reception = receive(event, receivedAt, { settings, controls: [], ownIds: [] });
    expect(reception).toEqual({ ignored: 'no control judges Microsoft.Network/virtualNetworks' });
  });
});
