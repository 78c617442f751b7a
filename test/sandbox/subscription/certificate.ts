import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate in a folder of its own, for `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  remove(): Promise<void>;
}

/** A certificate for this machine that is its own authority; the key never leaves the process. */
export async function createCertificate(name = 'Steward sandbox'): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const file = join(await mkdtemp(join(tmpdir(), 'steward-sandbox-')), 'ca.pem');
  await writeFile(file, cert);
  return { key, cert, file, remove: () => rm(dirname(file), { recursive: true, force: true }) };
}
