import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Azurite {
  readonly connectionString: string;
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly tableUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface AzuriteOptions {
  /** Folder that keeps the data, and the account's made-up name and key, for the next start; in memory when absent. */
  readonly location?: string;
}

/** Starts Azurite as a child process on free ports. It ends with this process, even when this process is killed. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const { name, key } = accountOf(options.location);
  const place = options.location === undefined ? ['--inMemoryPersistence'] : ['--location', options.location];
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const child = spawn(
    process.execPath,
    [
      ...endWithParent(options.location !== undefined),
      require.resolve('azurite/dist/src/azurite.js'),
      '--silent',
      '--disableTelemetry',
      ...place,
      ...ports,
    ],
    { env: { ...process.env, AZURITE_ACCOUNTS: `${name}:${key}` }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const exited = once(child, 'exit');
  const errors: string[] = [];
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('a child process with pipes has stdout and stderr');
  stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));

  const urls = new Map<string, string>();
  for await (const line of createInterface(stdout)) {
    const [, service, url] = /^Azurite (\w+) service is successfully listening at (\S+)$/.exec(line) ?? [];
    if (service && url) urls.set(service, `${url}/${name}`);
    if (urls.size === 3) break;
  }
  stdout.resume();
  const [blobUrl, queueUrl, tableUrl] = [urls.get('Blob'), urls.get('Queue'), urls.get('Table')];
  if (!blobUrl || !queueUrl || !tableUrl || child.pid === undefined) {
    child.kill('SIGKILL');
    throw new Error(`Azurite does not start: ${errors.join('').trim() || 'it ended without a word'}`);
  }
  return {
    connectionString:
      `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};` +
      `BlobEndpoint=${blobUrl};QueueEndpoint=${queueUrl};TableEndpoint=${tableUrl};`,
    blobUrl,
    queueUrl,
    tableUrl,
    pid: child.pid,
    stop: async () => {
      child.disconnect();
      let closed = 0;
      for await (const line of createInterface(stdout)) {
        if (line.endsWith('successfully closed')) closed += 1;
        if (closed === 3) break;
      }
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Ends Azurite when its parent does. Told to end, it writes its data within milliseconds but never exits by itself; the
 * two seconds are for clients that still talk to it. In memory there is nothing to write.
 */
function endWithParent(keepsData: boolean): readonly string[] {
  const end = keepsData ? "process.emit('SIGTERM'); setTimeout(() => process.exit(), 2000)" : 'process.exit()';
  return ['--import', `data:text/javascript,${encodeURIComponent(`process.on('disconnect', () => { ${end} })`)}`];
}

interface Account {
  readonly name: string;
  readonly key: string;
}

function accountOf(location: string | undefined): Account {
  const fresh = { name: `sandbox${randomBytes(6).toString('hex')}`, key: randomBytes(64).toString('base64') };
  if (location === undefined) return fresh;
  const file = join(location, 'account.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Account;
  mkdirSync(location, { recursive: true });
  writeFileSync(file, JSON.stringify(fresh), { mode: 0o600 });
  return fresh;
}
