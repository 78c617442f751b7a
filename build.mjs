// Builds dist/app.js, what is deployed, dist/policy.js, dist/ledger.js, dist/doctor.js, dist/audit.js and dist/propose.js,
// what `npm run policy` and so on run, dist/infra/, what `npm run package` and `npm run cost` run, and dist/sandbox/,
// what `npm start`, `npm run bench` and `npm run generate` run.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { buildApp, node } from './build-app.mjs';

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  buildApp('dist'),
  build({
    ...node,
    entryPoints: {
      policy: 'shared/policy-cli/main.ts',
      ledger: 'shared/ledger-cli/main.ts',
      doctor: 'shared/doctor-cli/main.ts',
      audit: 'shared/audit-cli/main.ts',
      propose: 'shared/propose-cli/main.ts',
    },
    outdir: 'dist',
  }),
  build({
    ...node,
    entryPoints: { package: 'infra/compile/package-main.ts', cost: 'infra/cost/main.ts' },
    outdir: 'dist/infra',
    packages: 'external',
  }),
  build({
    ...node,
    entryPoints: {
      start: 'test/sandbox/start.ts',
      host: 'test/sandbox/host/main.ts',
      bench: 'test/bench/main.ts',
      backfill: 'test/bench/backfill/main.ts',
      cluster: 'test/bench/cluster/main.ts',
      'cluster-server': 'test/bench/cluster/server.ts',
      chaos: 'test/chaos/main.ts',
      generate: 'test/generate/main.ts',
      infra: 'test/infra/bicep/main.ts',
    },
    outdir: 'dist/sandbox',
    packages: 'external',
    sourcemap: true,
  }),
]);
