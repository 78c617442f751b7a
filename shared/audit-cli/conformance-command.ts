import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { conformance } from '../kubernetes/conformance';
import { argumentsOf, filesAt, InputError, isFolder, readText } from './input';
import { linesOf, type Output } from './output';

/** `conformance`: the cases of a folder, kind by kind. Throws an InputError. */
export function conformanceCommand(args: readonly string[]): Output {
  const { positionals } = argumentsOf(args, {});
  const [folder, more] = positionals;
  if (folder === undefined || more !== undefined)
    throw new InputError('conformance needs one folder (--help tells more)');
  if (!isFolder(folder)) throw new InputError(`${folder}: is a file; a folder is wanted`);
  const kinds = Object.entries(conformance).filter(([kind]) => existsSync(join(folder, kind)));
  if (kinds.length === 0)
    throw new InputError(`${folder}: has no folder of cases (${Object.keys(conformance).join(', ')})`);
  const results = kinds.map(([kind, runKind]) => ({ kind, ...runKind(filesOf(join(folder, kind))) }));
  const out = results.flatMap(({ kind, passed, failures }) => [
    `${kind}: ${passed} passed, ${failures.length} failed`,
    ...failures.map((failure) => `  ${failure}`),
  ]);
  return { code: results.some(({ failures }) => failures.length > 0) ? 2 : 0, out: linesOf(out), err: '' };
}

/** The texts of a folder of cases, read when they are asked for. */
function filesOf(folder: string) {
  const names = filesAt(folder, ['.json', '.yaml', '.yml']).map((file) => file.slice(folder.length + 1));
  return { names, read: (name: string): string => readText(join(folder, name)) };
}
