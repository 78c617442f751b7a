import { InputError } from './input';

/** Of Kubernetes, as `1.36`; undefined where none is given. Throws an InputError. */
export function versionOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, minor] = /^v?1\.(\d{1,3})(\.\d+)?([-+].*)?$/.exec(text) ?? [];
  if (minor === undefined) throw new InputError(`--kubernetes-version is "${text}"; a version as 1.36 is wanted`);
  return `1.${Number(minor)}`;
}
