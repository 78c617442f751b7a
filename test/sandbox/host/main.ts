import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hooksOf, onLog } from '../../functions-core';
import { answerAdmin } from './admin';
import { answerEventGrid } from './event-grid';
import { hostSettings } from './host-json';
import { answerHttp } from './http-functions';
import type { Answer, Call } from './http-functions';
import { described, invocations as invocationsOf } from './invocations';
import { appHookData } from './invoke';
import { check, listen } from './listeners';
import { loadApp } from './load-app';
import { emit } from './records';
import { serve } from './server';

// node dist/sandbox/host.js [app folder] [--port 7071]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '7071' } },
});

process.on('uncaughtException', (error) => {
  const { message, stack } = described(error);
  emit({ kind: 'host', event: 'crashed', message: stack ?? message });
  process.exit(1);
});

void start(resolve(positionals[0] ?? '.'), Number(values.port)).catch((error: unknown) => {
  // Whatever it is: a host that cannot start its app says why and ends.
  const { message } = described(error);
  emit({ kind: 'host', event: 'refused', message });
  console.error(`The app does not start: ${message}`);
  process.exit(1);
});

async function start(folder: string, wantedPort: number): Promise<void> {
  const settings = hostSettings(readFileSync(join(folder, 'host.json'), 'utf8'), process.env);
  onLog((level, _category, message) => {
    if (level === 'warning' || level === 'error' || level === 'critical') emit({ kind: 'log', level, message });
  });
  const registrations = await loadApp(folder);
  check(registrations);

  const names = registrations.map(({ name }) => name);
  const invocations = invocationsOf(emit, names, settings.lowestLevelOf);
  const listeners = await listen(registrations, { settings, env: process.env, invocations, emit });
  const { server, port } = await serve(wantedPort, (call: Call): Promise<Answer> => {
    const path = call.url.pathname.toLowerCase();
    if (path === '/runtime/webhooks/eventgrid') return answerEventGrid(call, listeners.eventGrid, invocations);
    if (path.startsWith('/admin/')) return answerAdmin(call, registrations, listeners, invocations);
    return answerHttp(call, listeners.routes, process.env['STANDIN_FUNCTION_KEY'], invocations);
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    emit({ kind: 'host', event: 'stopping' });
    server.close();
    await Promise.race([Promise.all([listeners.stop(), invocations.drained(10_000)]), sleep(10_000)]);
    for (const hook of hooksOf('appTerminate')) await hook({ hookData: {}, appHookData });
    emit({ kind: 'host', event: 'stopped' });
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(signal, () => void stop());
  // The parent may have died while the app was loading.
  if (process.channel === null) return stop();
  emit({ kind: 'host', event: 'started', port, functions: names });
}
