// Builds app.js, what is deployed, into a folder: the same bytes from the same sources.
import { build } from 'esbuild';

export const node = { platform: 'node', target: 'node22', bundle: true, format: 'cjs', logLevel: 'warning' };

export const buildApp = (outdir) =>
  build({
    ...node,
    entryPoints: { app: 'functions/index.ts' },
    outdir,
    minify: true,
    keepNames: true,
    sourcemap: true,
    legalComments: 'none',
    // Azure's Node worker supplies this module; a copy inside the bundle would register nothing.
    external: ['@azure/functions-core'],
  });
