const { availableParallelism } = require('node:os');

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/test/esbuild-transform.js' },
  moduleNameMapper: { '^@azure/functions-core$': '<rootDir>/test/functions-core.ts' },
  // The slow tests wait for the sandbox rather than compute.
  maxWorkers: Math.max(3, availableParallelism()),
  // A machine that does other work besides is no defect.
  testTimeout: 30_000,
};
