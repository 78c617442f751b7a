import { keptAnswers, type KeptAnswers } from '../../shared/azure/kept-answers';
import type { Query } from '../../shared/core/inventory';
import { subscription } from '../given';

const start = Date.parse('2026-03-01T08:00:00.000Z');
const minute = 60_000;
const network: Query = { kind: 'get', id: `${subscription}/resourceGroups/rg` };
const provider: Query = { kind: 'provider', namespace: 'Microsoft.Network', scope: subscription };

function given(): KeptAnswers {
  const answers = keptAnswers(({ kind }) => (kind === 'provider' ? 60 * minute : minute));
  for (const query of [network, provider]) {
    const readAt = new Date(start).toISOString();
    const read = Promise.resolve({ query, readAt, result: { state: 'read' as const, value: undefined } });
    answers.put(query.kind, { query, readAt, read });
  }
  return answers;
}

test.each<[string, number, readonly string[]]>([
  ['a minute later all is there that may be a minute old', minute, ['get', 'provider']],
  ['a moment later it takes no room any more, and what may be older does', minute + 1, ['provider']],
  ['in the end nothing is left', 60 * minute + 1, []],
])('%s', (_, later, left) => {
  const answers = given();
  answers.tidy(start + later);
  expect(['get', 'provider'].filter((key) => answers.get(key) !== undefined)).toEqual(left);
});
