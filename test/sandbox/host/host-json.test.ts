import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostSettings } from './host-json';

test('an empty host.json means the defaults of Azure', () => {
  const settings = hostSettings('{"version":"2.0"}', {});
  expect(settings.routePrefix).toBe('api');
  expect(settings.queues).toEqual({
    batchSize: 16,
    newBatchThreshold: 8,
    maxPollingMs: 60_000,
    minPollingMs: 20,
    visibilityTimeout: 0,
    maxDequeueCount: 5,
    messageEncoding: 'base64',
  });
});

test("the app's own host.json is understood", () => {
  const settings = hostSettings(readFileSync(join(__dirname, '../../../host.json'), 'utf8'), {
    STANDIN_QUEUE_MIN_POLL_MS: '100',
  });
  expect(settings.queues).toMatchObject({ minPollingMs: 100, messageEncoding: 'none' });
});

test.each([
  ['00:00:30', 30],
  ['1.00:00:00', 86_400],
  ['00:00:00.5', 0.5],
])('a visibilityTimeout of %s is %d seconds', (text, seconds) => {
  const json = JSON.stringify({ version: '2.0', extensions: { queues: { visibilityTimeout: text } } });
  expect(hostSettings(json, {}).queues.visibilityTimeout).toBe(seconds);
});

test.each([
  ['a batch of 33', { batchSize: 33 }, 'batchSize'],
  ['a time span in words', { maxPollingInterval: '2 seconds' }, 'a time span like "00:00:30" is needed'],
  ['an encoding that Azure does not know', { messageEncoding: 'utf8' }, 'messageEncoding'],
])('%s is refused', (_, queues, reason) => {
  expect(() => hostSettings(JSON.stringify({ version: '2.0', extensions: { queues } }), {})).toThrow(reason);
});

test('the most specific log level holds', () => {
  const logLevel = {
    default: 'Warning',
    Function: 'Information',
    'Function.judge': 'Error',
    'Function.judge.User': 'Debug',
  };
  const { lowestLevelOf } = hostSettings(JSON.stringify({ version: '2.0', logging: { logLevel } }), {});
  expect([lowestLevelOf('judge'), lowestLevelOf('other'), lowestLevelOf(undefined)]).toEqual([
    'debug',
    'information',
    'warning',
  ]);
});
