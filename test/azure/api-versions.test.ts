import { apiVersionOf } from '../../shared/azure/api-versions';
import { controls } from '../../shared/controls/index';

const types = [...new Set(controls.flatMap(({ subjects, reads }) => [...subjects, ...reads]))];

test.each([...types, 'Microsoft.Resources/resourceGroups'])('%s is read with one version, in any case', (type) => {
  expect(apiVersionOf(type)).toMatch(/^20\d\d-\d\d-\d\d(-preview)?$/);
  expect(apiVersionOf(type.toUpperCase())).toBe(apiVersionOf(type));
});

test('a type that no control names has no pinned version', () => {
  expect(apiVersionOf('Microsoft.Web/sites')).toBeUndefined();
});
