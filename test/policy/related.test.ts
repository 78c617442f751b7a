import type { Json } from '../../shared/policy/json';
import type { RelatedAnswer, RelatedQuery } from '../../shared/policy/related';
import { AKS, cluster, context, judged, sentences, type Options } from './given';

const SETTINGS = 'Microsoft.Insights/diagnosticSettings';
const isCluster = { field: 'type', equals: AKS };
const GROUP = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-app';

const setting = (enabled: boolean) => ({
  name: 'send',
  type: SETTINGS,
  properties: { logs: [{ category: 'kube-audit', enabled }] },
});

const logsAreOn = {
  count: { field: `${SETTINGS}/logs[*]`, where: { field: `${SETTINGS}/logs[*].enabled`, equals: true } },
  greaterOrEquals: 1,
};

function existence(details: Record<string, Json>, answer?: RelatedAnswer, options: Options = {}) {
  const then = { effect: 'auditIfNotExists', details };
  return judged(isCluster, { then, world: { ...context, related: () => answer }, ...options });
}

const readOf = (details: Record<string, Json>, options: Options = {}): RelatedQuery | undefined => {
  const result = existence(details, undefined, options);
  return result.state === 'needs' ? result.reads[0] : undefined;
};

test('a check of existence says what has to be read, and is done when it was', () => {
  const details = { type: SETTINGS, existenceCondition: logsAreOn };
  expect(existence(details)).toMatchObject({ state: 'needs', effect: 'auditIfNotExists', reads: [{ type: SETTINGS }] });
  expect(existence(details, [setting(true)]).state).toBe('compliant');
  expect(existence(details, [setting(false), setting(true)]).state).toBe('compliant');
  expect(existence(details, [setting(false)]).state).toBe('nonCompliant');
  expect(existence(details, []).state).toBe('nonCompliant');
});

test('without an existence condition any resource satisfies', () => {
  expect(existence({ type: SETTINGS }, [{}]).state).toBe('compliant');
});

test('what could not be read is unknown, never a violation', () => {
  expect(existence({ type: SETTINGS }, { unreadable: '403' })).toMatchObject({
    state: 'unknown',
    unknown: { kind: 'related-unreadable', message: `${SETTINGS} could not be read: 403` },
  });
});

test('a rule that does not hold is not applicable, and nothing has to be read', () => {
  const then = { effect: 'deployIfNotExists', details: { type: SETTINGS } };
  expect(judged({ allOf: [isCluster, { field: 'name', equals: 'x' }] }, { then }).state).toBe('notApplicable');
});

test('the reasons say that nothing satisfies, and for each resource why', () => {
  const details = { type: SETTINGS, existenceCondition: logsAreOn };
  expect(sentences(existence(details, []))).toEqual([`${SETTINGS} is needed; there is none`]);
  expect(sentences(existence(details, [setting(false)]))).toEqual([
    `${SETTINGS} is needed; none of 1 satisfies the existence condition`,
    `send: the number of ${SETTINGS}/logs[*] that match is 0; it must be at least 1`,
    `send, {"category": "kube-audit", "enabled": false}: ${SETTINGS}/logs[*].enabled is false; it must be true`,
  ]);
});

test.each([
  [
    'an extension of the resource',
    { type: SETTINGS },
    { where: 'extension', scope: cluster.id, name: undefined, id: undefined },
  ],
  [
    'a named extension',
    { type: SETTINGS, name: 'setByPolicy' },
    { where: 'extension', id: `${cluster.id}/providers/${SETTINGS}/setByPolicy` },
  ],
  ['the children', { type: `${AKS}/agentPools` }, { where: 'children', scope: cluster.id }],
  [
    'a child by its own name',
    { type: `${AKS}/agentPools`, name: 'user' },
    { where: 'children', id: `${cluster.id}/agentPools/user` },
  ],
  [
    'a child by its full name',
    { type: `${AKS}/agentPools`, name: "[concat(field('name'), '/user')]" },
    { where: 'children', id: `${cluster.id}/agentPools/user` },
  ],
  [
    'every child',
    { type: `${AKS}/agentPools`, name: 'aks-1/?' },
    { where: 'children', scope: cluster.id, id: undefined },
  ],
  ['the resource group', { type: 'Microsoft.Network/azureFirewalls' }, { where: 'resourceGroup', scope: GROUP }],
  [
    'another resource group',
    { type: 'Microsoft.Network/networkWatchers', resourceGroupName: 'NetworkWatcherRG' },
    { where: 'resourceGroup', scope: GROUP.replace('rg-app', 'NetworkWatcherRG') },
  ],
  [
    'one resource in it, with its parent',
    { type: 'Microsoft.Network/networkWatchers/flowLogs', name: 'watcher/log' },
    { id: `${GROUP}/providers/Microsoft.Network/networkWatchers/watcher/flowLogs/log` },
  ],
  [
    'the subscription',
    { type: 'Microsoft.Security/pricings', name: 'Containers', existenceScope: 'Subscription' },
    {
      where: 'subscription',
      id: `${GROUP.split('/resourceGroups')[0] ?? ''}/providers/Microsoft.Security/pricings/Containers`,
    },
  ],
])('it reads %s', (_, details, expected) => {
  expect(readOf(details)).toMatchObject(expected);
});

test('under a subscription it reads the subscription', () => {
  const resource = { id: '/subscriptions/s', type: 'Microsoft.Resources/subscriptions' };
  const then = { effect: 'auditIfNotExists', details: { type: SETTINGS } };
  const result = judged({ field: 'type', equals: resource.type }, { resource, then });
  expect(result).toMatchObject({ reads: [{ where: 'subscription', scope: '/subscriptions/s' }] });
});

test('the resource itself needs no read', () => {
  const existenceCondition = { field: 'identity.type', equals: 'UserAssigned' };
  expect(existence({ type: AKS, name: "[field('name')]", existenceCondition }).state).toBe('nonCompliant');
});

test('a name that only Azure can compute stands for any, and the reason says so', () => {
  const details = { type: SETTINGS, name: "[uniqueString('x')]" };
  expect(readOf(details)).toMatchObject({ name: undefined, isGuess: true });
  expect(sentences(existence(details, []))[0]).toMatch(/with a name that only Azure can compute/);
});

test('inside the existence condition a field is of the related resource, field() of the one of the rule', () => {
  const related = { name: 'send', location: 'westus', type: SETTINGS, properties: { workspaceId: '/w/aks-1' } };
  const check = (existenceCondition: Json) => existence({ type: SETTINGS, existenceCondition }, [related]).state;
  expect(check({ field: 'name', equals: 'send' })).toBe('compliant');
  expect(check({ field: 'location', equals: 'westus' })).toBe('compliant');
  expect(check({ field: `${SETTINGS}/workspaceId`, like: "[concat('*/', field('name'))]" })).toBe('compliant');
  expect(check({ value: `[field('${SETTINGS}/workspaceId')]`, equals: '/w/aks-1' })).toBe('compliant');
  expect(check({ value: `[field('${AKS}/kubernetesVersion')]`, equals: '1.29.2' })).toBe('compliant');
});

test('the type may be a parameter; without a type it is unknown', () => {
  const parameters = { related: SETTINGS };
  expect(existence({ type: "[parameters('related')]" }, [{}], { parameters }).state).toBe('compliant');
  expect(existence({ type: "[parameters('related')]" }, [{}]).state).toBe('unknown');
  expect(existence({}, [{}])).toMatchObject({ state: 'unknown', unknown: { kind: 'unsupported' } });
  const dynamic = { type: "[field('tags.Environment')]", existenceCondition: logsAreOn };
  expect(existence(dynamic, [{}])).toMatchObject({ state: 'unknown', unknown: { path: 'then.details.type' } });
});
