import { basename, dirname, join, resolve } from 'node:path';
import { fieldsOf, textOf, textsIn } from '../kubernetes/fields';
import { yamlDocuments } from '../kubernetes/manifests/documents';

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** By its name and by what is in it: Flux has objects of the same kind, which may stand in a file of the same name. */
export function isKustomization(file: string, read: (file: string) => string): boolean {
  if (!NAMES.includes(basename(file))) return false;
  const versions = yamlDocuments(read(file)).values.map(({ value }) => fieldsOf(value)['apiVersion']);
  return versions.every((version) => version === undefined || textOf(version).startsWith('kustomize.config.k8s.io/'));
}

/** Says of a file which kustomization leaves it out, so that nothing applies it; undefined: none does. */
export type LeftOut = (file: string) => string | undefined;

/**
 * A kustomization applies what it lists as resources and nothing else, so a file beside it or below it that none lists is
 * no object of the cluster; a patch alone is none either.
 */
export function leftOutBy(kustomizations: readonly { readonly file: string; readonly text: string }[]): LeftOut {
  const listed = new Set(
    kustomizations.flatMap(({ file, text }) => resourcesIn(text).map((path) => resolve(dirname(file), path))),
  );
  const folders = new Map(kustomizations.map(({ file }) => [resolve(dirname(file)), file]));
  return (file) => (listed.has(resolve(file)) ? undefined : governorOf(resolve(dirname(file)), folders));
}

function resourcesIn(text: string): readonly string[] {
  return yamlDocuments(text).values.flatMap(({ value }) => {
    const { resources, bases, crds } = fieldsOf(value);
    return [...textsIn(resources), ...textsIn(bases), ...textsIn(crds)];
  });
}

/** The nearest kustomization in the folder or above it. */
function governorOf(folder: string, folders: ReadonlyMap<string, string>): string | undefined {
  const found = folders.get(folder);
  const above = join(folder, '..');
  return found !== undefined || above === folder ? found : governorOf(above, folders);
}
