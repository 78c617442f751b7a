import type { CaseFiles } from '../case-files';
import type { CaseResults } from '../case-results';
import { fieldsIn, fieldsOf, textOf } from '../fields';
import { readManifests } from '../manifests/read';
import { differencesOf, type ReachabilityCase } from './conformance';

/** Cases of what NetworkPolicies leave open: `index.json`, and the objects of each in `cases/<id>.yaml`. */
export function networkPolicyCases(files: CaseFiles): CaseResults {
  const cases = fieldsIn(fieldsOf(JSON.parse(files.read('index.json')) as unknown)['cases']);
  const failures = cases.flatMap((one) => {
    const id = textOf(one['id']);
    const differences = differencesIn(files, id, one as unknown as ReachabilityCase);
    if (differences.length === 0) return [];
    const more = differences.length > 3 ? ` and ${differences.length - 3} more` : '';
    return [`${id}: ${differences.slice(0, 3).join('; ')}${more}`];
  });
  return { passed: cases.length - failures.length, failures };
}

const questions: readonly string[] = [
  'connections',
  'selected',
  'dangling',
  'covered',
] satisfies ReachabilityCase['question'][];

function differencesIn(files: CaseFiles, id: string, one: ReachabilityCase): readonly string[] {
  if (!questions.includes(one.question)) return [`the question "${String(one.question)}" is not known`];
  const name = `cases/${id}.yaml`;
  const { manifests } = readManifests(files.read(name), name);
  return differencesOf(
    manifests.map(({ object }) => object),
    one,
  );
}
