/** Where a right is held: the narrowest place that works. */
export type Place =
  | 'subscription'
  /** Steward's own resource group. */
  | 'ownGroup'
  /** Storage accounts of others that flow logs write to. */
  | 'flowLogStorage'
  /** The resource group of the workspace that traffic analytics uses. */
  | 'workspaceGroup'
  | 'managementGroup';

/** A right that the line itself uses, whatever controls there are. */
export interface OwnRight {
  readonly action: string;
  readonly at: Place;
  /** What for, as a sentence without its full stop. */
  readonly why: string;
  /** Only where this option of the deployment is on. */
  readonly option?: Option;
}

/** Rights beyond the controls' that a deployment gives only when it is told to. */
export type Option = 'canary' | 'nsg-flow-logs';

/** What `GET /api/doctor` looks at besides. */
const looksAt: readonly (readonly [string, string])[] = [
  ['Microsoft.Authorization/locks', 'a lock would refuse what remedies write'],
  ['Microsoft.EventGrid/systemTopics', 'the subscription’s own events come from its topic'],
  ['Microsoft.EventGrid/systemTopics/eventSubscriptions', 'the topic’s subscription delivers them'],
  ['Microsoft.Insights/dataCollectionRules', 'rows are sent to the rule'],
  ['Microsoft.Insights/dataCollectionEndpoints', 'the rule may have an endpoint of its own'],
  ['Microsoft.OperationalInsights/workspaces/tables', 'rows arrive in the tables of the workspace'],
  ['Microsoft.SecurityInsights/onboardingStates', 'rules run where Sentinel is on'],
];

const heldAt: readonly Place[] = ['subscription', 'flowLogStorage', 'workspaceGroup'];

const resources = 'Microsoft.Resources';
const authorization = 'Microsoft.Authorization';
const policyStates = 'Microsoft.PolicyInsights/policyStates/queryResults';

/** Exactly the operations of Azure Resource Manager that the code calls besides what controls ask for. */
export const ownRights: readonly OwnRight[] = [
  {
    action: `${resources}/subscriptions/read`,
    at: 'subscription',
    why: 'a policy may be about the subscription itself',
  },
  {
    action: `${resources}/subscriptions/resourceGroups/read`,
    at: 'subscription',
    why: 'where may be written goes by resource groups and their tags, and what AKS manages is told by its group',
  },
  {
    action: `${resources}/subscriptions/providers/read`,
    at: 'subscription',
    why: 'providers tell the aliases that policies use and the versions that a type is read with',
  },
  {
    action: 'Microsoft.Insights/eventtypes/values/read',
    at: 'subscription',
    why: 'the activity log tells what no event announced',
  },
  {
    action: `${authorization}/policyAssignments/read`,
    at: 'subscription',
    why: 'exemptions belong to assignments, and what is assigned is judged',
  },
  { action: `${authorization}/policyExemptions/read`, at: 'subscription', why: 'what is exempt is not written' },
  ...['policyDefinitions', 'policySetDefinitions'].flatMap((type): readonly OwnRight[] => [
    { action: `${authorization}/${type}/read`, at: 'subscription', why: 'the rules that are assigned' },
    { action: `${authorization}/${type}/versions/read`, at: 'subscription', why: 'the version that is assigned' },
    { action: `${authorization}/${type}/read`, at: 'managementGroup', why: 'the rules that are assigned from above' },
    { action: `${authorization}/${type}/versions/read`, at: 'managementGroup', why: 'their version' },
  ]),
  ...[`${policyStates}/action`, `${policyStates}/read`].map((action): OwnRight => ({
    action,
    at: 'subscription',
    why: 'what Azure Policy says is compared with what is judged here; Azure checks the question against both',
  })),
  {
    action: 'Microsoft.Insights/diagnosticSettings/read',
    at: 'subscription',
    why: 'policies ask whether a resource has one',
  },
  {
    action: 'Microsoft.Security/pricings/read',
    at: 'subscription',
    why: 'policies ask whether a plan of Defender is on',
  },
  {
    action: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces/read',
    at: 'subscription',
    why: 'interfaces of a scale set are read below its machines',
  },
  {
    action: 'Microsoft.OperationalInsights/workspaces/query/read',
    at: 'subscription',
    why: 'a workspace is asked which tables receive rows; each table that a question reads needs a right of its own',
  },
  ...looksAt.map(([type, why]): OwnRight => ({ action: `${type}/read`, at: 'subscription', why: `doctor: ${why}` })),
  ...heldAt.map((at): OwnRight => ({
    action: `${authorization}/permissions/read`,
    at,
    why: 'doctor: what the app may do is compared with what it has to',
  })),
  {
    action: 'Microsoft.Management/managementGroups/descendants/read',
    at: 'managementGroup',
    why: 'a backfill may name a management group',
  },
  {
    action: `${resources}/tags/write`,
    at: 'ownGroup',
    why: 'the canary is the tag steward-canary of the group',
    option: 'canary',
  },
];
