import { foundIn, nameOf, type Found } from '../audit-cli/found';
import { readFolder } from '../audit-cli/read-folder';
import { versionOf } from '../audit-cli/version';
import { same } from '../core/resource';
import { pluralOf, type ObjectReference } from '../kubernetes/ids';
import { outcomeOf } from '../kubernetes/judgement';
import { decisionsOn, proposalsAmong, patchOf } from '../kubernetes/proposals';
import { proposalText, type Told } from '../kubernetes/proposal-text';
import type { Proposed } from '../propose/propose';
import type { ForFiles } from './run';

/** What would put the objects of a folder right, as `npm run audit -- manifests` judges them. Throws InputError. */
export function proposeForFiles({ folder, object, version }: ForFiles, today: string): Proposed {
  const kubernetesVersion = versionOf(version);
  const { manifests, problems } = readFolder(folder);
  const facts = kubernetesVersion === undefined ? { today } : { today, kubernetesVersion };
  const found = foundIn(manifests, facts).filter(
    ({ finding }) => object === undefined || isNamed(finding.object, object),
  );
  const notes = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  if (object !== undefined && found.length === 0)
    return {
      state: 'notFound',
      reason: [
        ...notes,
        `${folder}: no control judges an object ${object} in it (it is named as namespace/kind/name)`,
      ].join('; '),
    };
  if (manifests.length === 0)
    return { state: 'none', reason: [...notes, `${folder}: there is no object of a cluster in it`].join('; ') };
  const objects = manifests.map((manifest) => manifest.object);
  const placed = new Map(
    found.map((one) => [proposalsAmong('', [one.finding], objects, one.controlId)[0] as Told, one]),
  );
  const told = [...placed.keys()].filter((one) => patchOf(one).length > 0);
  const placeOf = (one: Told): string | undefined => {
    const place = placed.get(one)?.place;
    return place && `${place.file}:${place.line}`;
  };
  const left = found.filter(({ finding }) => outcomeOf(finding) === 'open' && patchOf({ finding }).length === 0);
  const decisions = left.map(decisionOn);
  if (told.length > 0)
    return { state: 'proposed', text: proposalText(told, { kind: 'files', placeOf }), notes: [...notes, ...decisions] };
  if (left.length > 0) return { state: 'none', reason: decisions.join('; ') };
  return { state: 'right', reason: [...notes, `${object ?? folder}: nothing is wrong`].join('; ') };
}

function decisionOn({ finding }: Found): string {
  return `${nameOf(finding.object)}: a person has to decide: ${decisionsOn(finding).join('; ')}`;
}

/** `namespace/kind/name`, `kind/name`, or the path that tells it from every other. */
function isNamed(object: ObjectReference, text: string): boolean {
  const { kind, name, namespace } = object;
  const kinds = [kind, pluralOf(kind)];
  const names = kinds.flatMap((one) => [
    `${one}/${name}`,
    ...(namespace === undefined ? [] : [`${namespace}/${one}/${name}`]),
  ]);
  return [...names, nameOf(object)].some((one) => same(one, text));
}
