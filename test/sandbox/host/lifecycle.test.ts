import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildFixture, isGone, logOf, startFixture, until } from './fixture/start';
import { startHost } from './index';

// They start processes, which a busy machine may delay.
jest.setTimeout(20_000);

const one = "const { app } = require('@azure/functions');";

test.each([
  [
    'an entry that throws',
    `${one} app.timer('t', { schedule: '0 0 3 * * *', handler() {} }); throw new Error('no settings');`,
    'no settings',
  ],
  ['an entry that registers nothing', one, 'registers no function'],
  ['two functions of one name', `${one} for (const n of ['t', 'T']) app.get(n, () => ({}));`, 'is registered already'],
  [
    'a binding that the stand-in does not know',
    `${one} app.storageBlob('b', { path: 'x', connection: 'y', handler() {} });`,
    'binding of type "blobTrigger"',
  ],
  [
    'an output that the stand-in does not know',
    `${one} const { output } = require('@azure/functions'); app.get('o', { return: output.storageQueue({ queueName: 'q', connection: 'c' }), handler() {} });`,
    'binding of type "queue"',
  ],
  [
    'a retry policy',
    `${one} app.timer('t', { schedule: '0 0 3 * * *', retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1000 }, handler() {} });`,
    'retry policy',
  ],
  ['HTTP streaming', `${one} app.setup({ enableHttpStream: true }); app.get('h', () => ({}));`, 'enableHttpStream'],
  [
    'a queue without its connection',
    `${one} app.storageQueue('q', { queueName: 'q', connection: 'NOWHERE', handler() {} });`,
    'setting NOWHERE is missing',
  ],
  ['a schedule that names no setting', `${one} app.timer('t', { schedule: '%WHEN%', handler() {} });`, 'setting WHEN'],
  [
    'a route of an unknown form',
    `${one} app.get('r', { route: 'a/{b:regex(x)}', handler: () => ({}) });`,
    'does not understand "{b:regex(x)}"',
  ],
])('%s keeps the host from starting and is named', async (_, source, reason) => {
  const fixture = buildFixture({ source });
  await expect(startHost({ ...fixture, env: {} })).rejects.toThrow(reason);
  fixture.remove();
});

test.each([
  ['package.json without main', 'package.json', '{}', 'has no "main"'],
  ['a main that was not built', 'package.json', '{"main":"dist/*.js"}', 'no file matches main "dist/*.js"'],
  [
    'host.json with a batch that Azure does not allow',
    'host.json',
    '{"version":"2.0","extensions":{"queues":{"batchSize":64}}}',
    'batchSize',
  ],
])('%s keeps the host from starting and is named', async (_, file, text, reason) => {
  const fixture = buildFixture('app.ts');
  writeFileSync(join(fixture.appFolder, file), text);
  await expect(startHost({ ...fixture, env: {} })).rejects.toThrow(reason);
  fixture.remove();
});

test('a main that is a glob loads every file', async () => {
  const fixture = buildFixture({ source: `${one} app.get('first', () => ({}));` });
  writeFileSync(join(fixture.appFolder, 'package.json'), '{"main":"{app,none}.js"}');
  const host = await startHost({ ...fixture, env: {} });
  expect(host.functions).toEqual(['first']);
  await host.stop();
  fixture.remove();
});

test('the app sees the settings that it is given and not those of whoever starts it', async () => {
  process.env['LEAKED'] = 'yes';
  const source = `${one} app.get('env', () => ({ jsonBody: { given: process.env.GIVEN, leaked: process.env.LEAKED, cwd: process.cwd() } }));`;
  const { host, appFolder, remove } = await startFixture({ source }, { GIVEN: 'yes' });
  const response = await fetch(`${host.url}/api/env`);
  expect(await response.json()).toEqual({ given: 'yes', cwd: appFolder });
  delete process.env['LEAKED'];
  await host.stop();
  remove();
});

test('stop lets a running invocation end', async () => {
  const { host, saw, records, remove } = await startFixture('app.ts');
  const answer = fetch(`${host.url}/api/slow`);
  await saw(logOf('slow', 'slow begins'));
  await host.stop();
  expect(await (await answer).text()).toBe('finished');
  expect(records.at(-1)).toMatchObject({ kind: 'host', event: 'stopped' });
  expect(await isGone(host.url)).toBe(true);
  remove();
});

test('kill ends the host at once', async () => {
  const { host, saw, records, remove } = await startFixture('app.ts');
  const answer = fetch(`${host.url}/api/slow`);
  await saw(logOf('slow', 'slow begins'));
  await Promise.all([host.kill(), expect(answer).rejects.toThrow()]);
  expect(records.some((record) => record.kind === 'host' && record.event === 'stopping')).toBe(false);
  remove();
});

test.each(['SIGTERM', 'SIGINT'] as const)('a host started by hand ends with code 0 on %s', async (signal) => {
  const fixture = buildFixture('app.ts');
  const child = spawn(process.execPath, [fixture.hostScript, fixture.appFolder, '--port', '0'], {
    env: { TICK: '0 0 3 1 1 *' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) if (line.includes('"event":"started"')) break;
  child.stdout.resume();
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
  fixture.remove();
});

test('an error outside of any invocation ends the host, as it ends the worker in Azure', async () => {
  const { host, saw, remove } = await startFixture('app.ts');
  await fetch(`${host.url}/api/crash`).catch(() => undefined);
  const record = await saw((candidate) => candidate.kind === 'host' && candidate.event === 'crashed');
  expect(record).toMatchObject({ message: expect.stringContaining('out of any invocation') });
  await until(() => isGone(host.url));
  remove();
});

test('when the parent is killed, neither the host nor Azurite stays behind', async () => {
  const fixture = buildFixture('app.ts');
  const script = join(fixture.appFolder, 'parent.js');
  const contents = `
    import { startHost } from '../index';
    import { startAzurite } from '../../azurite';
    async function main() {
      const azurite = await startAzurite();
      const host = await startHost({ ...${JSON.stringify(fixture)}, env: { TICK: '0 0 3 1 1 *' } });
      console.log(JSON.stringify([host.url, azurite.queueUrl]));
    }
    void main();`;
  buildSync({
    stdin: { contents, resolveDir: join(__dirname, 'fixture') },
    bundle: true,
    platform: 'node',
    packages: 'external',
    outfile: script,
    logLevel: 'error',
  });
  const parent = spawn(process.execPath, [script], {
    env: { ...process.env, NODE_PATH: join(__dirname, '../../../node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const urls = JSON.parse(line) as string[];
  expect(await Promise.all(urls.map(isGone))).toEqual([false, false]);
  parent.kill('SIGKILL');
  await until(async () => (await Promise.all(urls.map(isGone))).every((gone) => gone));
  fixture.remove();
});
