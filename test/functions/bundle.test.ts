import { statSync } from 'node:fs';
import { join } from 'node:path';
import { registered } from '../functions-core';

const bundle = join(__dirname, '../../dist/app.js');

test('the bundle registers exactly these functions, with these triggers', () => {
  jest.requireActual(bundle);
  const triggers = registered().map(({ name, bindings }) => [
    name,
    ...Object.values(bindings).filter(({ direction }) => direction === 'in'),
  ]);
  expect(triggers.toSorted()).toMatchObject([
    ['backfill', { type: 'httpTrigger', methods: ['POST'], authLevel: 'function', route: 'backfill' }],
    ['breakers', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'breakers' }],
    ['cancel-run', { type: 'httpTrigger', methods: ['DELETE'], authLevel: 'function', route: 'runs/{id}' }],
    ['change', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'changes/{id}' }],
    ['changes', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'changes' }],
    [
      'close-breaker',
      { type: 'httpTrigger', methods: ['POST'], authLevel: 'function', route: 'breakers/{control}/close' },
    ],
    ['doctor', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'doctor' }],
    ['judge', { type: 'queueTrigger', queueName: 'steward-scopes', connection: 'AzureWebJobsStorage' }],
    ['openapi', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'openapi.json' }],
    ['poison', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'poison' }],
    ['posture', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'posture' }],
    ['proposals', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'proposals/{findingId}' }],
    ['put-back-poison', { type: 'httpTrigger', methods: ['POST'], authLevel: 'function', route: 'poison/put-back' }],
    ['reconcile', { type: 'timerTrigger', schedule: '0 */15 * * * *' }],
    ['resource-changed', { type: 'eventGridTrigger' }],
    ['revert-change', { type: 'httpTrigger', methods: ['POST'], authLevel: 'function', route: 'changes/{id}/revert' }],
    ['run', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'runs/{id}' }],
    ['run-items', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'runs/{id}/items' }],
    ['runs', { type: 'httpTrigger', methods: ['GET'], authLevel: 'function', route: 'runs' }],
  ]);
});

test('the bundle is one minified file', () => {
  expect(statSync(bundle).size).toBeLessThan(4_000_000);
});
