import { stringify } from 'yaml';

/**
 * Objects as a YAML stream that `kubectl apply --server-side -f -` takes: texts that older readers of YAML would take for
 * something else are in quotes, texts of several lines stay as they are.
 */
export function yamlOf(objects: readonly object[]): string {
  const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
  return objects.map((object) => stringify(object, options)).join('---\n');
}
