import { badAnswer } from '../refusal';

export interface Place {
  /** `https://…`, without a path. */
  readonly server: string;
  /** PEM of the authority that signs the server's certificate. */
  readonly ca: string;
}

/**
 * Takes address and authority out of the answer of `listClusterUserCredential`. The rest of its kubeconfig is not even looked
 * at: it may hold a key. Throws AzureError.
 */
export function placeIn(credentials: unknown): Place {
  const { kubeconfigs } = credentials as { readonly kubeconfigs?: readonly { readonly value?: unknown }[] };
  const value = Array.isArray(kubeconfigs) ? (kubeconfigs[0] as { readonly value?: unknown } | null)?.value : undefined;
  if (typeof value !== 'string') throw badAnswer('no kubeconfig of the cluster');
  const text = Buffer.from(value, 'base64').toString('utf8');
  const server = URL.parse(only(text, 'server', String.raw`\S+`));
  if (server?.protocol !== 'https:') throw badAnswer('a kubeconfig whose server is no https address');
  const ca = Buffer.from(only(text, 'certificate-authority-data', '[A-Za-z0-9+/=]+'), 'base64').toString('utf8');
  if (!ca.includes('-----BEGIN CERTIFICATE-----'))
    throw badAnswer('a kubeconfig whose certificate-authority-data is no certificate');
  return { server: server.origin, ca };
}

/** The one value that the file has under a name, in YAML as AKS writes it. */
function only(text: string, name: string, pattern: string): string {
  const found = [...text.matchAll(new RegExp(`^[ -]*${name}:[ \\t]*["']?(${pattern}?)["']?\\s*$`, 'gm'))];
  const value = found.length === 1 ? found[0]?.[1] : undefined;
  if (value === undefined || value === '') throw badAnswer(`a kubeconfig with ${found.length} values of ${name}`);
  return value;
}
