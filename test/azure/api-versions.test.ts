import { apiVersionOf } from '../../shared/azure/api-versions';
import { controls } from '../../shared/controls/index';

const types = [...new Set(controls.flatMap(({ subjects, reads }) => [...subjects, ...reads]))];

test.each([...types, 'Microsoft.Resources/resourceGroups'])('%s is read with one version, in any case', (type) => {
  expect(apiVersionOf(type)).toMatch(/^20\d\d-\d\d-\d\d(-preview)?$/);
  expect(apiVersionOf(type.toUpperCase())).toBe(apiVersionOf(type));
});

test('a type that nobody has looked up is a bug, and says where to put its version', () => {
  expect(() => apiVersionOf('Microsoft.Web/sites')).toThrow(
    'no api-version is pinned for Microsoft.Web/sites: add it to shared/azure/api-versions.ts',
  );
});
