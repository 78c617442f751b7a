import { parseBackfill } from '../shared/backfill-request';
import { InputError } from '../shared/core/errors';
import type { Message } from '../shared/core/message';
import { subscriptionId } from './given';
import { memoryWorld } from './memory-world';

const secondId = '22222222-2222-4333-8444-555555555555';
const foreignId = '99999999-2222-4333-8444-555555555555';
const world = memoryWorld([], { subscriptionIds: [subscriptionId, secondId] });

const parse = (body: unknown): readonly Message[] =>
  parseBackfill(typeof body === 'string' ? body : JSON.stringify(body), { ...world, now: () => 'now' });

const sweepOf = (id: string): object => ({
  scope: { kind: 'subscription', subscriptionId: id },
  cause: 'backfill',
  receivedAt: 'now',
});

describe('a backfill request enqueues', () => {
  test.each<[string, object, readonly object[]]>([
    ['every subscription when it names none', {}, [sweepOf(subscriptionId), sweepOf(secondId)]],
    ['only the subscriptions that it names', { subscriptionIds: [secondId] }, [sweepOf(secondId)]],
    [
      'a subscription once, however often and in whatever case it is named',
      { subscriptionIds: [secondId, secondId.toUpperCase(), secondId] },
      [sweepOf(secondId)],
    ],
    [
      'the controls that it names',
      { subscriptionIds: [secondId], controls: ['flow-logs'] },
      [{ ...sweepOf(secondId), controls: ['flow-logs'] }],
    ],
  ])('%s', (_, body, messages) => {
    expect(parse(body)).toEqual(messages);
  });
});

describe('a backfill request is refused, and the field is named,', () => {
  test.each<[string, unknown, RegExp]>([
    ['when it is empty', '', /^the body has to be JSON, as \{\} or /],
    ['when it is no JSON', 'subscriptionIds=1', /^the body has to be JSON/],
    ['when it breaks off', '{"controls": [', /^the body has to be JSON/],
    ['when it is null', null, /expected object, received null/],
    ['when it is a list', [], /expected object, received array/],
    ['when it is a text', '"all"', /expected object, received string/],
    ['with an unknown field', { subscriptions: [subscriptionId] }, /"subscriptions"/],
    ['with an unknown control', { controls: ['flow-logs', 'flow-log'] }, /^controls\.1: .*known are .*flow-logs/],
    ['with a control that is no text', { controls: [1] }, /^controls\.0: .*expected string/],
    ['with controls that are no list', { controls: 'flow-logs' }, /^controls: .*expected array/],
    ['with an empty list of controls', { controls: [] }, /^controls: /],
    ['with a foreign subscription', { subscriptionIds: [subscriptionId, foreignId] }, /^subscriptionIds\.1: is not a/],
    ['with a malformed subscription', { subscriptionIds: ['../x'] }, /^subscriptionIds\.0: is not a subscription/],
    ['with a subscription that is no text', { subscriptionIds: [{}] }, /^subscriptionIds\.0: .*expected string/],
    ['with an empty list of subscriptions', { subscriptionIds: [] }, /^subscriptionIds: /],
    [
      'with several mistakes at once',
      { subscriptionIds: [foreignId], controls: ['x'], more: 1 },
      /subscriptionIds\.0: .*; controls\.0: .*; .*"more"/,
    ],
  ])('%s', (_, body, message) => {
    expect(() => parse(body)).toThrow(message);
    expect(() => parse(body)).toThrow(InputError);
  });
});
