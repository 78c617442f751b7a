import { shortHash } from '../../shared/core/hash';

test.each([
  ['nothing', '', 'knj6ddmrwxqjo'],
  ['a region', 'eastus', 'h6lfkmzx2twib'],
  ['a similar region', 'eastus2', 'al435mog2oddk'],
])('the name made of %s stays the same in every version: accounts are called by it', (_, text, hash) => {
  expect(shortHash(text)).toBe(hash);
});

test('case makes no difference', () => {
  expect(shortHash('/subscriptions/A/resourceGroups/RG')).toBe(shortHash('/SUBSCRIPTIONS/a/resourcegroups/rg'));
});

test('a storage account may be called by it', () => {
  expect(shortHash('Größe 😀/\n')).toMatch(/^[a-z2-7]{13}$/);
});

test('similar texts get different names, and different beginnings', () => {
  const hashes = Array.from({ length: 20_000 }, (_, index) => shortHash(`/subscriptions/x/resourceGroups/rg-${index}`));
  expect(new Set(hashes).size).toBe(20_000);
  expect(new Set(hashes.map((hash) => hash.slice(0, 2))).size).toBe(32 * 32);
});
