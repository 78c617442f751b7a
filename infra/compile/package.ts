import { zipSync, type Zippable } from 'fflate';

/** Bytes of each file by its name in the package. */
export type Files = Readonly<Record<string, Uint8Array>>;

export interface Package {
  readonly zip: Uint8Array;
  /** In the order in which they are in the zip; sizes in bytes. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/** Where it is put, from the root of the project. */
export const packageFile = 'dist/package/steward.zip';

/** Flex Consumption takes more; what grows to this size has swallowed something that does not run. */
export const mostBytes = 10_000_000;

/** Zip has no time zones: this is read as local time and written as it is. */
const sometime = new Date(1980, 0, 1);

/**
 * What is deployed: `host.json` and `package.json` in the root, and the bundle that its `main` names, with all that it
 * needs in it. The same files give the same bytes. Throws when the zip has 10 MB or more.
 */
export function packageOf({ host, manifest, app }: Parts): Package {
  const files: Files = { 'dist/app.js': app, 'host.json': host, 'package.json': minimal(manifest) };
  const entries = Object.entries(files).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const zip = zipSync(Object.fromEntries(entries) as Zippable, {
    level: 9,
    mtime: sometime,
    os: 3,
    attrs: 0o644 << 16,
  });
  if (zip.length >= mostBytes)
    throw new Error(
      `the package has ${zip.length} bytes; fewer than ${mostBytes} are wanted: look what the bundle has in it`,
    );
  return { zip, files: entries.map(([name, { length }]) => ({ name, size: length })) };
}

export interface Parts {
  readonly host: Uint8Array;
  /** The repository's own `package.json`. */
  readonly manifest: Uint8Array;
  readonly app: Uint8Array;
}

/** Without dependencies, so that nobody installs any. */
function minimal(manifest: Uint8Array): Uint8Array {
  const { name, version, license } = JSON.parse(new TextDecoder().decode(manifest)) as Readonly<Record<string, string>>;
  const text = JSON.stringify({ name, version, private: true, license, main: 'dist/app.js' }, null, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/** The list of a package, as it is printed. */
export function listOf({ zip, files }: Package): string {
  const row = (name: string, size: number): string => `${String(size).padStart(10)}  ${name}\n`;
  return [...files.map(({ name, size }) => row(name, size)), row('steward.zip', zip.length)].join('');
}
