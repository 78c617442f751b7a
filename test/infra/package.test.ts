import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { listOf, mostBytes, packageOf, type Parts } from '../../infra/compile/package';
import { registered } from '../functions-core';

const root = join(__dirname, '../..');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);
const fileOf = (name: string): Uint8Array => readFileSync(join(root, name));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steward-package-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The package of a build of its own. */
function built(name: string): Uint8Array {
  const script = `import { buildApp } from './build-app.mjs'; await buildApp(${JSON.stringify(join(folder, name))});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  const app = readFileSync(join(folder, name, 'app.js'));
  return packageOf({ host: fileOf('host.json'), manifest: fileOf('package.json'), app }).zip;
}

const parts: Parts = {
  host: bytes('{"version":"2.0"}'),
  manifest: bytes(
    '{"name":"steward","version":"1.2.3","license":"MIT","dependencies":{"zod":"4"},"scripts":{"test":"jest"}}',
  ),
  app: bytes('module.exports = {};'),
};

test('two builds of the same sources are the same bytes', () => {
  const [first, second] = ['first', 'second'].map(built) as [Uint8Array, Uint8Array];
  expect(first.length).toBeGreaterThan(100_000);
  expect(Buffer.compare(first, second)).toBe(0);
});

test('holds what runs and nothing else, in the order of names', () => {
  const { zip, files } = packageOf(parts);
  expect(files).toEqual([
    { name: 'dist/app.js', size: 20 },
    { name: 'host.json', size: 17 },
    { name: 'package.json', size: expect.any(Number) },
  ]);
  const unpacked = unzipSync(zip);
  expect(Object.keys(unpacked)).toEqual(['dist/app.js', 'host.json', 'package.json']);
  expect(JSON.parse(text(unpacked['package.json']!))).toEqual({
    name: 'steward',
    version: '1.2.3',
    private: true,
    license: 'MIT',
    main: 'dist/app.js',
  });
  expect(listOf({ zip, files }).split('\n')[0]).toBe('        20  dist/app.js');
});

test('the time at which and the zone in which it is made are not in it', () => {
  const script = `import { zipSync } from 'fflate'; process.stdout.write(zipSync({ a: new Uint8Array(1) }, { mtime: new Date(1980, 0, 1) }))`;
  const zipIn = (TZ: string): Buffer =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: root,
      env: { ...process.env, TZ },
    });
  expect(zipIn('Pacific/Kiritimati')).toEqual(zipIn('America/Los_Angeles'));
  // MS-DOS: 1 January 1980 is year 0, month 1, day 1; midnight is 0.
  expect([...packageOf(parts).zip.slice(10, 14)]).toEqual([0, 0, 0x21, 0]);
});

test('what is too large is refused', () => {
  expect(() => packageOf({ ...parts, app: randomBytes(mostBytes) })).toThrow(/fewer than 10000000 are wanted/);
});

/** What Azure's worker supplies, which tells on leaving what was registered. */
const worker = `
const names = [];
class Disposable {}
module.exports = {
  version: '3.12.0',
  hostVersion: '4.1043.0',
  Disposable,
  registerFunction: ({ name }) => (names.push(name), new Disposable()),
  registerHook: () => new Disposable(),
  setProgrammingModel: () => undefined,
};
process.on('exit', () => process.stdout.write(JSON.stringify(names)));
`;

test('unpacked into an empty folder it registers every function, with nothing installed', () => {
  const packed = packageOf({ host: fileOf('host.json'), manifest: fileOf('package.json'), app: fileOf('dist/app.js') });
  for (const [name, content] of Object.entries(unzipSync(packed.zip))) put(join('unpacked', name), content);
  put('node_modules/@azure/functions-core/index.js', worker);
  const loaded = execFileSync(process.execPath, ['--eval', 'require(`./${require("./package.json").main}`)'], {
    cwd: join(folder, 'unpacked'),
    encoding: 'utf8',
  });
  jest.requireActual('../../functions/index');
  const fromSources = registered().map(({ name }) => name);
  expect(fromSources).toContain('resource-changed');
  expect((JSON.parse(loaded) as readonly string[]).toSorted()).toEqual(fromSources.toSorted());
});

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}
