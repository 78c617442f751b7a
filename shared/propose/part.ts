import type { Inventory } from '../core/inventory';
import type { World } from '../core/ports';
import { keyOf } from '../core/resource';
import { withoutNulls } from '../core/without-nulls';
import { objectIdOf } from '../kubernetes/ids';
import { outcomeOf, type InClusterJudgement } from '../kubernetes/judgement';
import { judgements } from '../kubernetes/judgements';
import { decisionsOn, patchOf, proposalsIn, type ObjectProposal, type Proposals } from '../kubernetes/proposals';
import type { Told } from '../kubernetes/proposal-text';
import { nothingKnown } from '../pipeline/known';
import { conclude } from '../pipeline/observe';
import type { Wanted } from './wanted';
import { linesOfWrites } from './writes';

/** What is proposed about one wanted thing, and about what of it nothing is proposed, and why. */
export interface Part {
  readonly subjectId: string;
  readonly told: readonly Told[];
  /** What Steward would write itself. */
  readonly writes: readonly string[];
  readonly rest: readonly Rest[];
}

export interface Rest {
  readonly state: 'none' | 'right' | 'unread';
  readonly reason: string;
}

export async function partOf(world: World, wanted: Wanted): Promise<Part> {
  const { controlId, subjectId, findings } = wanted;
  const nothing = { subjectId, told: [], writes: [], rest: [] };
  const judgement = judgements.find((one) => one.controlId === controlId);
  const writes = linesOfWrites(wanted, world);
  if (writes.length > 0) return { ...nothing, writes };
  if (judgement === undefined || findings.every(({ state }) => state === 'notApplicable'))
    return { ...nothing, rest: findings.map(({ controlId: by, state, reason }) => restOf(by, state, reason)) };
  const look = (inventory: Inventory): Looked => lookedAt(subjectId, inventory, judgement);
  const { value: found } = await conclude(world, nothingKnown(world.now()), look);
  if (found.state !== 'read') return { ...nothing, rest: [found] };
  const meant = found.value.filter((one) => isMeant(wanted, one));
  if (meant.length === 0) return { ...nothing, rest: [notJudged(wanted)] };
  return {
    ...nothing,
    told: meant.filter((one) => patchOf(one).length > 0).map((one) => toldOf(wanted, one)),
    rest: meant.filter((one) => patchOf(one).length === 0).map((one) => restOfObject(subjectId, one)),
  };
}

type Looked = Extract<Proposals, { readonly state: 'read' }> | Rest;

function lookedAt(clusterId: string, inventory: Inventory, judgement: InClusterJudgement): Looked {
  const cluster = inventory.get(clusterId);
  if (cluster.state === 'unread')
    return { state: 'unread', reason: `${clusterId} could not be read: ${cluster.reason}` };
  if (cluster.value === undefined) return { state: 'right', reason: `${clusterId} is not there any more` };
  const found = proposalsIn(withoutNulls(cluster.value), inventory, judgement);
  return found.state === 'read' ? found : { state: 'unread', reason: `${clusterId}: ${found.reason}` };
}

const findingOf = ({ findings }: Wanted, { keys }: ObjectProposal) =>
  findings.find(({ aspect = '' }) => keys.includes(keyOf(aspect)));

/** What was not there when the finding was made belongs to the whole. */
function isMeant(wanted: Wanted, one: ObjectProposal): boolean {
  const finding = findingOf(wanted, one);
  return finding === undefined ? wanted.isWhole : finding.state !== 'notApplicable';
}

function toldOf(wanted: Wanted, one: ObjectProposal): Told {
  const finding = findingOf(wanted, one);
  return finding === undefined ? one : { ...one, findingId: finding.findingId };
}

function notJudged({ controlId, subjectId, findings }: Wanted): Rest {
  const gone = findings.find(({ resourceId }) => keyOf(resourceId) !== keyOf(subjectId));
  if (gone !== undefined)
    return {
      state: 'right',
      reason: `${gone.resourceId} is not there any more, or ${controlId} asks nothing of it any more`,
    };
  return {
    state: 'none',
    reason: `${controlId} writes no proposal for it: ${findings.map(({ reason }) => reason).join('; ')}`,
  };
}

function restOf(controlId: string, state: string, reason: string): Rest {
  if (state === 'compliant' || state === 'resolved') return { state: 'right', reason: `${controlId}: ${reason}` };
  return { state: 'none', reason: `${controlId} writes no proposal for it: ${reason}` };
}

/** About an object for which there is nothing to apply. */
function restOfObject(clusterId: string, { finding }: ObjectProposal): Rest {
  const id = objectIdOf(clusterId, finding.object);
  const { title, unknown = [], leftOut = '' } = finding;
  switch (outcomeOf(finding)) {
    case 'compliant':
      return { state: 'right', reason: `${id}: nothing is wrong any more: ${title}` };
    case 'notApplicable':
      return { state: 'none', reason: `${id}: ${leftOut}` };
    case 'unknown':
      return { state: 'none', reason: `${id}: it could not be told whether anything is wrong: ${unknown.join('; ')}` };
    case 'open':
      return {
        state: 'none',
        reason: `${id}: a person has to decide: ${decisionsOn(finding).join('; ')}`,
      };
  }
}
