import { outcomeOf } from '../kubernetes/judgement';
import { foundIn } from './found';
import { argumentsOf, InputError } from './input';
import type { Output } from './output';
import { readFolder } from './read-folder';
import { renderJson } from './render-json';
import { renderSarif } from './render-sarif';
import { renderTable } from './render-table';
import { versionOf } from './version';

const renderers = { table: renderTable, json: renderJson, sarif: renderSarif } as const;

/** `manifests`: judges what is in files. `today` decides what has run out of support. Throws an InputError. */
export function manifestsCommand(args: readonly string[], today: string): Output {
  const { values, positionals } = argumentsOf(args, {
    'kubernetes-version': { type: 'string' },
    output: { type: 'string', default: 'table' },
  });
  const [path, more] = positionals;
  if (path === undefined || more !== undefined) throw new InputError('manifests needs one folder (--help tells more)');
  const version = versionOf(values['kubernetes-version']);
  const render = rendererOf(values.output);
  const { manifests, problems } = readFolder(path);
  const found = foundIn(manifests, version === undefined ? { today } : { today, kubernetesVersion: version });
  const isOpen = found.some(({ finding }) => outcomeOf(finding) === 'open');
  const isBroken = problems.some(({ kind }) => kind === 'broken');
  const told = [
    ...problems.map(({ file, line, message }) => `audit: ${file}:${line}: ${message}\n`),
    ...(manifests.length === 0 && !isBroken ? [`audit: ${path}: there is no object of a cluster in it\n`] : []),
  ];
  const otherwise = isBroken || manifests.length === 0 ? 1 : 0;
  return { code: isOpen ? 2 : otherwise, out: render({ path, found, problems }), err: told.join('') };
}

function rendererOf(name: string): (typeof renderers)[keyof typeof renderers] {
  if (Object.hasOwn(renderers, name)) return renderers[name as keyof typeof renderers];
  throw new InputError(`--output is "${name}"; table, json or sarif is wanted`);
}
