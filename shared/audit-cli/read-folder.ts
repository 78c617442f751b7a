import { readManifests, type Manifest, type ManifestProblem, type Manifests } from '../kubernetes/manifests/read';
import { refusalOf } from '../kubernetes/manifests/refusals';
import { asStored } from '../kubernetes/manifests/stored';
import { objectIdOf, referenceOf } from '../kubernetes/ids';
import { filesAt, InputError, readText } from './input';

/** The objects of a folder as a cluster would store them, and what no cluster would take. */
export function readFolder(path: string): Manifests {
  const read = filesAt(path, ['.yaml', '.yml', '.json']).map(readFile);
  const all = read.flatMap(({ manifests }) => manifests);
  const refused = all.flatMap((manifest) => refusedIn(manifest));
  const taken = all.filter(({ object }) => refusalOf(object) === undefined);
  return {
    manifests: onlyLast(taken).map((manifest) => ({ ...manifest, object: asStored(manifest.object) })),
    problems: [...read.flatMap(({ problems }) => problems), ...refused, ...repeated(taken)],
  };
}

/** A file that cannot be read is a problem like one that cannot be understood. */
function readFile(file: string): Manifests {
  try {
    return readManifests(readText(file), file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const message = error.message.slice(file.length + 2);
    return { manifests: [], problems: [{ kind: 'broken', file, line: 1, message }] };
  }
}

function refusedIn({ object, file, line }: Manifest): readonly ManifestProblem[] {
  const reason = refusalOf(object);
  if (reason === undefined) return [];
  return [{ kind: 'broken', file, line, message: `${nameOf({ object })} would be refused: ${reason}` }];
}

const keyOf = ({ object }: Pick<Manifest, 'object'>): string => objectIdOf('', referenceOf(object));
const nameOf = ({ object }: Pick<Manifest, 'object'>): string => `${object.kind} ${referenceOf(object).name}`;

/** Of an object that stands there more than once, the last is applied last. */
function onlyLast(manifests: readonly Manifest[]): readonly Manifest[] {
  const last = new Map(manifests.map((manifest) => [keyOf(manifest), manifest]));
  return manifests.filter((manifest) => last.get(keyOf(manifest)) === manifest);
}

function repeated(manifests: readonly Manifest[]): readonly ManifestProblem[] {
  const last = new Map(manifests.map((manifest) => [keyOf(manifest), manifest]));
  return manifests.flatMap((manifest) => {
    const other = last.get(keyOf(manifest));
    if (other === undefined || other === manifest) return [];
    const message = `${nameOf(manifest)} stands again in ${other.file}:${other.line}, which alone is judged`;
    return [{ kind: 'passed-over', file: manifest.file, line: manifest.line, message }];
  });
}
