import type { CaseFiles } from '../case-files';
import type { CaseResults } from '../case-results';
import { fieldsIn, fieldsOf, textOf } from '../fields';
import { readManifests } from '../manifests/read';
import { differencesOf } from './conformance';

/** Cases of what roles and bindings really grant: `index.json`, and the objects of each in `cases/<id>.yaml`. */
export function permissionCases(files: CaseFiles): CaseResults {
  const cases = fieldsIn(fieldsOf(JSON.parse(files.read('index.json')) as unknown)['cases']);
  const failures = cases.flatMap((one) => {
    const id = textOf(one['id']);
    const name = `cases/${id}.yaml`;
    const { manifests } = readManifests(files.read(name), name);
    const objects = manifests.map(({ object }) => object);
    const differences = differencesOf(objects, one['expect']);
    return differences.length === 0 ? [] : [`${id}: ${differences.join('; ')}`];
  });
  return { passed: cases.length - failures.length, failures };
}
