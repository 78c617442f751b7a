import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Output } from '../../shared/audit-cli/output';
import { run } from '../../shared/audit-cli/run';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file with a text, or with JSON, in a folder that is empty before each test. */
export function file(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export const folderOf = (): string => folder;

export const audit = (...args: readonly string[]): Output => run(args, '2026-11-24');

/** An Ingress that shows its controller's default certificate. */
export const open = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: team-a
spec:
  tls:
  - hosts: [shop.example.com]
  rules:
  - host: shop.example.com
`;

/** The same with a certificate that cert-manager makes for it. */
export const right = open
  .replace('  namespace: team-a\n', '  namespace: team-a\n  annotations: {cert-manager.io/issuer: own}\n')
  .replace('[shop.example.com]\n', '[shop.example.com]\n    secretName: shop-tls\n');

/** The same with a secret of which nothing is seen. */
export const unseen = right.replace('cert-manager.io/issuer: own', 'a: b');
