import type { ManifestProblem } from '../kubernetes/manifests/read';
import type { KubernetesObject } from '../kubernetes/object';
import { InputError } from './input';
import { linesOf, type Output } from './output';
import { readFolder } from './read-folder';

/** How a command is called that shows what objects mean. */
interface Call<View> {
  readonly command: string;
  readonly positionals: readonly string[];
  readonly format: string;
  readonly formats: Readonly<Record<string, (view: View, problems: readonly ManifestProblem[]) => string>>;
}

/** Reads the objects, and shows what they mean. It judges nothing: the code is 0 unless something could not be read. */
export function shownFrom<View>(
  { command, positionals, format, formats }: Call<View>,
  viewOf: (objects: readonly KubernetesObject[]) => View,
): Output {
  const [path, more] = positionals;
  if (path === undefined || more !== undefined) throw new InputError(`${command} needs one folder (--help tells more)`);
  const render = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (render === undefined) {
    throw new InputError(
      `--output is "${format}"; ${Object.keys(formats)
        .join(', ')
        .replace(/, (\w+)$/, ' or $1')} is wanted`,
    );
  }
  const { manifests, problems } = readFolder(path);
  const told = problems.map(({ file, line, message }) => `audit: ${file}:${line}: ${message}`);
  const isBroken = problems.some(({ kind }) => kind === 'broken');
  if (manifests.length === 0) {
    const nothing = isBroken ? [] : [`audit: ${path}: there is no object of a cluster in it`];
    return { code: 1, out: '', err: linesOf([...told, ...nothing]) };
  }
  const view = viewOf(manifests.map(({ object }) => object));
  return { code: isBroken ? 1 : 0, out: render(view, problems), err: linesOf(told) };
}
