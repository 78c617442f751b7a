import type { Action, Plan, Remedy } from '../../core/control';
import type { Inventory } from '../../core/inventory';
import { nameOf, same, subscriptionScope, typeOf, type Json, type Resource } from '../../core/resource';
import { objectAt, textAt } from '../../policy/arm-json';
import { forClusters } from '../../policy/own-exemptions';
import { inForce, isCustom, types, type InForce } from './in-force';
import { initiativeKinds, initiativeVerdict, stateOf, type InitiativeKind, type State } from './subscription';

const permission = 'Microsoft.Authorization/policyAssignments/write';

/**
 * Assigns Steward's own initiatives, which its deployment puts into the subscription, without enforcing them. What others
 * have assigned is neither changed nor removed.
 */
export const assigning: Remedy = {
  does: [
    'Assigns Steward’s own initiative for what denies, or for what audits, to a subscription that has none, with the enforcement mode `DoNotEnforce`: it tells what it would do and refuses nothing.',
    'The initiatives are those that carry `"metadata": { "steward": … }` in the subscription; Steward’s deployment makes them. Without them nothing is written.',
    'Never enforces an assignment, never turns an audit into a denial, never changes or removes what somebody else has assigned; takes back only what it assigned itself.',
  ],
  permissions: [permission],
  toTakeBack: ['Microsoft.Authorization/policyAssignments/delete'],
  plan: (subject, inventory) => planned(subject, inventory),
};

function planned(subject: Resource, inventory: Inventory): Plan {
  const scope = subscriptionScope(subject.id);
  const lock = `${scope}/providers/${types.assignment}`;
  if (!same(typeOf(subject.id), types.subscription))
    return {
      actions: [],
      blocked: ['an assignment is for its owner to change, in the template that it comes from'],
      lock,
    };
  const state = stateOf(scope, inventory);
  const initiatives = inventory.list(types.initiative, scope);
  if (state.state === 'unread') return { actions: [], blocked: [state.reason], lock };
  const missing = initiativeKinds.filter((kind) => lacks(kind, state.value));
  if (missing.length === 0) return { actions: [], blocked: [], lock };
  if (initiatives.state === 'unread') return { actions: [], blocked: [`initiatives: ${initiatives.reason}`], lock };
  const own = initiatives.value.filter(isStewards);
  const steps = missing.map((kind) => stepFor(kind, own, { scope, inventory, state: state.value }));
  return {
    actions: steps.filter((step) => typeof step !== 'string'),
    blocked: steps.filter((step) => typeof step === 'string'),
    lock,
  };
}

/** Nothing of one's own is assigned; one that is not as it should be is its owner's to change. */
function lacks(kind: InitiativeKind, state: State): boolean {
  const hasOwn = state.assignments.some((one) => one.isCustomInitiative && one.rules.some(kind.is));
  return !hasOwn && initiativeVerdict(kind, state).state === 'violation';
}

function isStewards(initiative: Resource): boolean {
  const json = initiative as unknown as Json;
  return isCustom(json) && textAt(objectAt(objectAt(json, 'properties'), 'metadata'), 'steward') !== '';
}

interface Place {
  readonly scope: string;
  readonly inventory: Inventory;
  readonly state: State;
}

function stepFor(kind: InitiativeKind, own: readonly Resource[], place: Place): Action | string {
  const action = own.map((one) => assignmentOf(kind, one, place)).find((one) => fits(kind, one, place));
  if (action === undefined)
    return `no initiative of Steward’s is there that would ${kind.name} in clusters: deploy its policies to ${place.scope} first`;
  const taken = place.state.assignments.some(({ assignment }) => same(assignment.id, action.id));
  return taken ? `${action.id} is there already and assigns something else: rename or remove it` : action;
}

/** With the values that it would have, the initiative has the one effect and not the other. */
function fits(kind: InitiativeKind, { id, body }: Action, { inventory }: Place): boolean {
  const { rules }: InForce = inForce({ id, name: nameOf(id), type: types.assignment, ...body }, inventory);
  return rules.some(kind.is) && !rules.some(kind.isNot);
}

function assignmentOf({ name }: InitiativeKind, initiative: Resource, { scope }: Place): Action {
  const title = textAt(objectAt(initiative as unknown as Json, 'properties'), 'displayName') || initiative.name;
  return {
    id: `${scope}/providers/${types.assignment}/steward-kubernetes-${name}`,
    body: {
      properties: {
        displayName: title,
        description: 'Made by Steward, and not enforced until somebody decides so.',
        policyDefinitionId: initiative.id,
        enforcementMode: 'DoNotEnforce',
        metadata: { steward: forClusters },
      },
    },
    summary: `assign «${title}» to the subscription with the enforcement mode DoNotEnforce`,
    permission,
  };
}
