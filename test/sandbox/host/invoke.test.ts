import { app } from '@azure/functions';
import { registered, reset } from '../../functions-core';
import { invoke, triggerOf } from './invoke';

afterEach(reset);

test('a test sees what the app registers', () => {
  app.timer('nightly', { schedule: '0 0 3 * * *', handler: () => undefined });
  expect(registered().map((one) => one.name)).toEqual(['nightly']);
  expect(triggerOf(registered()[0]!)).toMatchObject({ type: 'timerTrigger', schedule: '0 0 3 * * *' });
});

test('a test invokes a function with the conversions of the library', async () => {
  app.http('double', {
    route: 'double/{n}',
    handler: async (request) => ({ status: 202, jsonBody: [Number(request.params['n']) * 2, await request.json()] }),
  });
  const response = await invoke('double', {
    http: {
      method: 'POST',
      url: 'http://localhost/api/double/21',
      nullableParams: { n: { value: '21' } },
      body: { bytes: Buffer.from('{"a":1}') },
    },
  });
  const { statusCode, body } = response.returnValue?.http ?? {};
  expect(statusCode).toBe('202');
  expect(Buffer.from(body?.bytes ?? []).toString()).toBe('[42,{"a":1}]');
});

test('what the function logs and throws arrives', async () => {
  const logged: unknown[] = [];
  app.storageQueue('judge', {
    queueName: 'q',
    connection: 'c',
    handler: (message, context) => {
      context.warn('got', message);
      throw new Error('not today');
    },
  });
  const log = (level: string, _: string, message: string): void => void logged.push([level, message]);
  await expect(invoke('JUDGE', { string: '{"a":1}' }, { log })).rejects.toThrow('not today');
  expect(logged).toEqual([['warning', 'got { a: 1 }']]);
});

test('the hooks of the app run around the function', async () => {
  const order: string[] = [];
  app.hook.preInvocation(() => void order.push('before'));
  app.hook.postInvocation((context) => {
    order.push(`after ${String(context.result)}`);
    context.result = 'changed';
  });
  app.eventGrid('noticed', { handler: () => void order.push('run') });
  const response = await invoke('noticed', { json: '{}' });
  expect(order).toEqual(['before', 'run', 'after undefined']);
  expect(response.returnValue).toEqual({ string: 'changed' });
});

test('a name that no function has is refused with the names there are', async () => {
  app.get('known', () => ({}));
  await expect(invoke('unknown', { string: '' })).rejects.toThrow('the app registered: known');
});
