import { outcomeOf } from '../kubernetes/judgement';
import { foundIn } from './found';
import { argumentsOf, InputError } from './input';
import type { Output } from './output';
import { readFolder } from './read-folder';
import { renderJson } from './render-json';
import { renderSarif } from './render-sarif';
import { renderTable } from './render-table';

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
  const isBroken = problems.some(({ kind }) => kind === 'broken') || manifests.length === 0;
  const told = [
    ...problems.map(({ file, line, message }) => `audit: ${file}:${line}: ${message}\n`),
    ...(manifests.length === 0 ? [`audit: ${path}: there is no object of a cluster in it\n`] : []),
  ];
  const otherwise = isBroken ? 1 : 0;
  return { code: isOpen ? 2 : otherwise, out: render({ found, problems }), err: told.join('') };
}

function versionOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, minor] = /^v?1\.(\d{1,3})(\.\d+)?([-+].*)?$/.exec(text) ?? [];
  if (minor === undefined) throw new InputError(`--kubernetes-version is "${text}"; a version as 1.36 is wanted`);
  return `1.${Number(minor)}`;
}

function rendererOf(name: string): (typeof renderers)[keyof typeof renderers] {
  if (Object.hasOwn(renderers, name)) return renderers[name as keyof typeof renderers];
  throw new InputError(`--output is "${name}"; table, json or sarif is wanted`);
}
