import { QueueClient } from '@azure/storage-queue';
import { InputError } from '../../shared/core/errors';
import type { Message } from '../../shared/core/message';
import type { ScopeQueue } from '../../shared/core/ports';
import { parseMessage, queueName, scopeQueue } from '../../shared/store/scope-queue';
import { networkId } from '../controls/landing-zone';
import { subscriptionId } from '../given';
import { startAzurite, type Azurite } from '../sandbox/azurite';
import { until } from '../sandbox/subscription/small-subscription';

const receivedAt = '2026-03-01T08:00:02.000Z';
const least: Message = { scope: { kind: 'resource', id: networkId }, cause: 'event', receivedAt };
const most: Message = {
  scope: { kind: 'subscription', subscriptionId },
  cause: 'retry',
  controls: ['flow-logs'],
  eventAt: '2026-03-01T08:00:00.000Z',
  receivedAt,
  notBefore: receivedAt,
  attempt: 3,
};

describe('the queue', () => {
  let azurite: Azurite;
  let queue: ScopeQueue;
  let waiting: QueueClient;
  let poison: QueueClient;

  beforeAll(async () => {
    azurite = await startAzurite();
    queue = scopeQueue(azurite);
    waiting = new QueueClient(azurite.connectionString, queueName);
    poison = new QueueClient(azurite.connectionString, `${queueName}-poison`);
  });
  afterAll(() => azurite.stop());

  /** Takes what is visible, as the host does. */
  async function taken(from: QueueClient): Promise<readonly string[]> {
    const { receivedMessageItems } = await from.receiveMessages({ numberOfMessages: 32 });
    for (const { messageId, popReceipt } of receivedMessageItems) await from.deleteMessage(messageId, popReceipt);
    return receivedMessageItems.map(({ messageText }) => messageText);
  }

  test('tells of no poison before there is any', async () => {
    expect(await queue.poisoned()).toBe(0);
  });

  test('is made by its first message', async () => {
    expect(await waiting.exists()).toBe(false);
    await queue.send(least);
    expect((await taken(waiting)).map(parseMessage)).toEqual([least]);
  });

  test('is made once when two instances send their first message together', async () => {
    await waiting.delete();
    await Promise.all([queue.send(least), scopeQueue(azurite).send(most)]);
    expect(await taken(waiting)).toHaveLength(2);
  });

  test.each([
    ['with the least in it', least],
    ['with everything in it', most],
    [
      'on a resource with an odd name',
      { ...least, scope: { kind: 'resource', id: `${networkId}-ß &<>'"` } } as Message,
    ],
  ])('hands over a message as it was sent, %s', async (_, message) => {
    await queue.send(message);
    expect((await taken(waiting)).map(parseMessage)).toEqual([message]);
  });

  test('shows a delayed message when its time has come, and not before', async () => {
    await queue.send(least, 1);
    expect((await waiting.getProperties()).approximateMessagesCount).toBe(1);
    expect(await taken(waiting)).toEqual([]);
    await until('the delayed message', async () => (await taken(waiting)).length === 1);
  });

  test.each<[string, unknown]>([
    ['text that is no JSON', 'no { JSON'],
    ['an object', { scope: 7 }],
    ['text with characters that XML does not have', 'a\u0000b\u001f<&>]]>😀'],
    ['nothing', null],
  ])('sets aside what nobody understands, with the reason: %s', async (_, body) => {
    const before = await queue.poisoned();
    await queue.poison(body, 'a queue message is no JSON');
    expect(await queue.poisoned()).toBe(before + 1);
    const [text = ''] = await taken(poison);
    expect(JSON.parse(text)).toEqual({ reason: 'a queue message is no JSON', body });
    expect(await queue.poisoned()).toBe(before);
  });

  test('counts what the host has set aside, too', async () => {
    await poison.sendMessage('{"scope":{}}');
    await queue.poison('x', 'it is no JSON');
    expect(await queue.poisoned()).toBe(2);
    await poison.clearMessages();
  });

  test('keeps what is set aside until somebody has looked at it', async () => {
    await queue.poison('x', 'it is no JSON');
    const { receivedMessageItems } = await poison.receiveMessages();
    const [{ expiresOn = new Date(0) } = {}] = receivedMessageItems;
    expect(expiresOn.getTime()).toBeGreaterThan(Date.now() + 365 * 86_400_000);
  });
});

describe('a message is understood', () => {
  test.each<[string, unknown, Message]>([
    ['as text', JSON.stringify(most), most],
    ['as an object, as the host hands it over', least, least],
    [
      'with times to the second',
      { ...least, receivedAt: '2026-03-01T08:00:02Z' },
      { ...least, receivedAt: '2026-03-01T08:00:02Z' },
    ],
  ])('%s', (_, body, message) => {
    expect(parseMessage(body)).toEqual(message);
  });
});

describe('a message is refused', () => {
  const without = (field: keyof Message): object =>
    Object.fromEntries(Object.entries(least).filter(([name]) => name !== field));

  test.each<[string, unknown, RegExp]>([
    ['when it is empty', '', /is no JSON/],
    ['when it is no JSON', 'judge this', /is no JSON/],
    ['when it breaks off', JSON.stringify(least).slice(0, -1), /is no JSON/],
    ['when it is encoded', Buffer.from(JSON.stringify(least)).toString('base64'), /is no JSON/],
    ['when it is undefined', undefined, /received undefined/],
    ['when it is null', 'null', /received null/],
    ['when it is a number', 7, /received number/],
    ['when it is a list', [least], /received array/],
    ['when it is text in text', JSON.stringify(JSON.stringify(least)), /received string/],
    ['without a scope', without('scope'), /→ at scope/],
    ['without a cause', without('cause'), /→ at cause/],
    ['without a time', without('receivedAt'), /→ at receivedAt/],
    ['with a scope of another kind', { ...least, scope: { kind: 'tenant', id: 'x' } }, /→ at scope\.kind/],
    ['with a scope that has no id', { ...least, scope: { kind: 'resource' } }, /→ at scope\.id/],
    ['with a scope whose id is no text', { ...least, scope: { kind: 'resource', id: 7 } }, /→ at scope\.id/],
    ['with a scope that has more', { ...least, scope: { kind: 'resource', id: 'x', tenant: 'y' } }, /"tenant"/],
    [
      'with a subscription that is none',
      { ...most, scope: { kind: 'subscription', subscriptionId: '../x' } },
      /→ at scope\.subscriptionId/,
    ],
    ['with another cause', { ...least, cause: 'fun' }, /→ at cause/],
    ['with an unknown field', { ...least, resource: {} }, /"resource"/],
    ['with controls that are no list', { ...least, controls: 'flow-logs' }, /→ at controls/],
    ['with a control that is no text', { ...least, controls: [null] }, /→ at controls\[0\]/],
    ['with a time that is none', { ...least, receivedAt: 'yesterday' }, /→ at receivedAt/],
    ['with a time that is a number', { ...least, eventAt: 1_772_352_000_000 }, /→ at eventAt/],
    ['with a time in no zone', { ...least, notBefore: '2026-03-01T08:00:00' }, /→ at notBefore/],
    ['with a negative attempt', { ...least, attempt: -1 }, /→ at attempt/],
    ['with half an attempt', { ...least, attempt: 0.5 }, /→ at attempt/],
  ])('%s', (_, body, message) => {
    expect(() => parseMessage(body)).toThrow(InputError);
    expect(() => parseMessage(body)).toThrow(message);
  });

  test('with all that is wrong at once', () => {
    expect(() => parseMessage({ scope: least.scope, cause: 1, receivedAt: 2 })).toThrow(/at cause[^]*at receivedAt/);
  });
});
