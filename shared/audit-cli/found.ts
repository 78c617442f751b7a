import type { ClusterFacts, ObjectFinding } from '../kubernetes/judgement';
import { judgements } from '../kubernetes/judgements';
import { objectIdOf, referenceOf, type ObjectReference } from '../kubernetes/ids';
import type { Manifest } from '../kubernetes/manifests/read';

/** A finding and where its object stands; an object that is missing stands nowhere. */
export interface Found {
  readonly controlId: string;
  readonly finding: ObjectFinding;
  readonly place?: { readonly file: string; readonly line: number };
}

/** What all controls say about the objects, in the order of the controls, whatever order the objects stand in. */
export function foundIn(manifests: readonly Manifest[], facts: ClusterFacts): readonly Found[] {
  const places = new Map(manifests.map(({ object, file, line }) => [nameOf(referenceOf(object)), { file, line }]));
  const objects = manifests.map(({ object }) => object);
  return judgements.flatMap(({ controlId, judge }) =>
    judge(objects, facts).map((finding): Found => {
      const place = places.get(nameOf(finding.object));
      return place === undefined ? { controlId, finding } : { controlId, finding, place };
    }),
  );
}

/** As a person names an object, which no other has: `Deployment.apps/v1 team-a/web`. */
export function nameOf(object: ObjectReference): string {
  return objectIdOf('', object).replace(/^\/kubernetes\//, '');
}
