// Builds dist/app.js, what is deployed, dist/policy.js, dist/ledger.js and dist/doctor.js, what `npm run policy`,
// `npm run ledger` and `npm run doctor` run, and dist/sandbox/, what `npm start`, `npm run bench` and `npm run generate` run.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';

const node = { platform: 'node', target: 'node22', bundle: true, format: 'cjs', logLevel: 'warning' };

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...node,
    entryPoints: { app: 'functions/index.ts' },
    outdir: 'dist',
    minify: true,
    keepNames: true,
    sourcemap: true,
    legalComments: 'none',
    // Azure's Node worker supplies this module; a copy inside the bundle would register nothing.
    external: ['@azure/functions-core'],
  }),
  build({
    ...node,
    entryPoints: {
      policy: 'shared/policy-cli/main.ts',
      ledger: 'shared/ledger-cli/main.ts',
      doctor: 'shared/doctor-cli/main.ts',
    },
    outdir: 'dist',
  }),
  build({
    ...node,
    entryPoints: {
      start: 'test/sandbox/start.ts',
      host: 'test/sandbox/host/main.ts',
      bench: 'test/bench/main.ts',
      backfill: 'test/bench/backfill/main.ts',
      chaos: 'test/chaos/main.ts',
      generate: 'test/generate/main.ts',
    },
    outdir: 'dist/sandbox',
    packages: 'external',
    sourcemap: true,
  }),
]);
