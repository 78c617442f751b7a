import { passes, type AdvancedFilter } from '../../shared/doctor/event-filter';
import { events } from '../../shared/doctor/events';
import type { Check } from '../../shared/doctor/check';
import { having, subscription } from '../given';
import {
  eventSubscription,
  eventSubscriptionId,
  examine,
  functionId,
  including,
  listOf,
  operations,
  topic,
  topicId,
  without,
  type Given,
} from './given';

const write = 'Microsoft.Network/virtualNetworks/write';

function look(given: Given = {}): Check {
  const [check, ...more] = examine(events, given);
  expect(more).toEqual([]);
  return check!;
}

const withFilter = (filter: object): Given => ({
  resources: including(having(eventSubscription, { filter: filter as never })),
});
const withDestination = (endpointType: string, properties: object): Given => ({
  resources: including(having(eventSubscription, { destination: { endpointType, properties } as never })),
});
const all = { operatorType: 'StringIn', key: 'data.operationName', values: operations };

test('a topic of the subscription with an event subscription to this app is right', () => {
  expect(look()).toMatchObject({ state: 'ok', about: subscription });
});

describe('what is missing is wrong', () => {
  test.each<[string, Given, string]>([
    ['the system topic', { resources: without(topicId) }, 'the subscription has no system topic'],
    [
      'a topic of this subscription',
      { resources: including(having(topic, { source: '/subscriptions/99999999-2222-4333-8444-555555555555' })) },
      'the subscription has no system topic',
    ],
    [
      'the state of the topic',
      { resources: including(having(topic, { provisioningState: 'Failed' })) },
      'the state of system topic evgt-steward is Failed',
    ],
    [
      'the event subscription',
      { resources: without(eventSubscriptionId) },
      'none of 0 event subscriptions of system topic evgt-steward points to this app',
    ],
    [
      'the state of the event subscription',
      { resources: including(having(eventSubscription, { provisioningState: 'AwaitingManualAction' })) },
      'the state of event subscription evgs-steward is AwaitingManualAction',
    ],
    [
      'another destination',
      withDestination('StorageQueue', { queueName: 'steward-scopes' }),
      'none of 1 event subscriptions of system topic evgt-steward points to this app',
    ],
    [
      'the function of another app',
      withDestination('AzureFunction', { resourceId: functionId.replace('func-steward', 'func-other') }),
      'none of 1 event subscriptions of system topic evgt-steward points to this app',
    ],
    [
      'another function of this app',
      withDestination('AzureFunction', { resourceId: functionId.replace('resource-changed', 'judge') }),
      'none of 1 event subscriptions of system topic evgt-steward points to this app',
    ],
    [
      'an operation that a control waits for',
      withFilter({ advancedFilters: [{ ...all, values: operations.filter((one) => one !== write) }] }),
      `its filter leaves out ${write}`,
    ],
    [
      'deletions of what a remedy writes',
      withFilter({ advancedFilters: [{ ...all, values: operations.filter((one) => !/flowLogs\/delete/.test(one)) }] }),
      'its filter leaves out Microsoft.Network/networkWatchers/flowLogs/delete',
    ],
    [
      'a kind of event',
      withFilter({ includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess'], advancedFilters: [all] }),
      'its filter leaves out Microsoft.Resources.ResourceDeleteSuccess',
    ],
    [
      'most subjects',
      withFilter({ subjectBeginsWith: `${subscription}/resourceGroups/rg-net`, advancedFilters: [all] }),
      `it only takes subjects like ${subscription}/resourceGroups/rg-net…`,
    ],
  ])('%s', (_, given, found) => {
    const check = look(given);
    expect(check).toMatchObject({ state: 'wrong', found });
    expect(check.todo).toContain('infra/');
  });

  test('the canary, where it is written', () => {
    expect(look({ settings: { canary: 'hourly' } })).toMatchObject({
      state: 'wrong',
      found: 'its filter leaves out Microsoft.Resources/tags/write',
    });
  });
});

test.each([
  listOf('Microsoft.EventGrid/systemTopics'),
  listOf('Microsoft.EventGrid/systemTopics/eventSubscriptions', topicId),
])('it is unknown where %s cannot be listed', (key) => {
  expect(look({ unread: { [key]: 'AuthorizationFailed (403)' } })).toMatchObject({
    state: 'unknown',
    found: 'AuthorizationFailed (403)',
    todo: expect.stringContaining('grant Microsoft.EventGrid/systemTopics'),
  });
});

describe('which app it points to', () => {
  const elsewhere = functionId.replace('rg-steward', 'rg-apps');
  const hook = (host: string): Given =>
    withDestination('WebHook', { endpointBaseUrl: `https://${host}/runtime/webhooks/EventGrid` });

  test('is told by the name that the platform gives the app', () => {
    expect(look(withDestination('AzureFunction', { resourceId: elsewhere }))).toMatchObject({ state: 'ok' });
    expect(look(hook('func-steward.azurewebsites.net'))).toMatchObject({ state: 'ok' });
    expect(look(hook('func-steward2.azurewebsites.net'))).toMatchObject({ state: 'wrong' });
  });

  test('is told by the resource group where the platform tells no name', () => {
    const surroundings = { site: undefined };
    expect(look({ surroundings })).toMatchObject({ state: 'ok' });
    expect(look({ ...withDestination('AzureFunction', { resourceId: elsewhere }), surroundings })).toMatchObject({
      state: 'unknown',
      found: `whether ${elsewhere} is this app cannot be told from here`,
    });
    expect(look({ ...hook('func-steward.azurewebsites.net'), surroundings })).toMatchObject({ state: 'unknown' });
  });
});

describe('a filter', () => {
  test.each<[string, readonly AdvancedFilter[], boolean | undefined]>([
    ['none', [], true],
    ['a list with it', [{ operatorType: 'StringIn', key: 'data.operationName', values: [write.toUpperCase()] }], true],
    ['a list without it', [{ operatorType: 'StringIn', key: 'data.operationName', values: ['other'] }], false],
    ['its end', [{ operatorType: 'StringEndsWith', key: 'data.operationName', values: ['/delete', '/write'] }], true],
    [
      'its beginning',
      [{ operatorType: 'StringBeginsWith', key: 'Data.OperationName', values: ['Microsoft.Net'] }],
      true,
    ],
    ['a part', [{ operatorType: 'StringContains', key: 'data.operationName', values: ['/subnets/'] }], false],
    ['not a list with it', [{ operatorType: 'StringNotIn', key: 'data.operationName', values: [write] }], false],
    ['not a list without it', [{ operatorType: 'StringNotIn', key: 'data.operationName', values: ['other'] }], true],
    ['not its end', [{ operatorType: 'StringNotEndsWith', key: 'data.operationName', values: ['/write'] }], false],
    ['its provider', [{ operatorType: 'StringIn', key: 'data.resourceProvider', values: ['Microsoft.Network'] }], true],
    ['success', [{ operatorType: 'StringIn', key: 'data.status', values: ['Succeeded'] }], true],
    ['who did it', [{ operatorType: 'StringNotIn', key: 'data.claims.appid', values: ['x'] }], undefined],
    ['a number', [{ operatorType: 'NumberIn', key: 'data.operationName', values: [] }], undefined],
    [
      'two, of which one refuses and one is not understood',
      [
        { operatorType: 'StringIn', key: 'subject', values: ['x'] },
        { operatorType: 'StringIn', key: 'data.operationName', values: ['other'] },
      ],
      false,
    ],
  ])('on %s lets a write through, or not, or that cannot be told', (_, filters, expected) => {
    expect(passes(filters, write)).toBe(expected);
  });

  test('that is not understood makes the check unknown', () => {
    const filters = [all, { operatorType: 'StringIn', key: 'data.claims.name', values: ['x'] }];
    expect(look(withFilter({ advancedFilters: filters }))).toMatchObject({ state: 'unknown' });
  });
});
