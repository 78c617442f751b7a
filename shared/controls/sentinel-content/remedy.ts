import type { Action, Plan, Remedy } from '../../core/control';
import type { Inventory } from '../../core/inventory';
import type { Resource } from '../../core/resource';
import { collectionsTo, contentOf, hasSentinel, isForFindings, types, type Rule } from './content';
import { isRule, ownRules, type OwnRule } from './own-rules';

const permission = `${types.rule}/write`;

/** Makes Steward's own analytics rules, switched off, where its findings go. */
export const makingRules: Remedy = {
  does: [
    'Makes those of Steward’s own analytics rules that are missing, each switched off, in a workspace that has Microsoft Sentinel on and takes Steward’s findings. Their descriptions say that Steward made them.',
    'A person enables them: until then the finding stays open where no other rule is on.',
    'Never switches Sentinel on, never enables, changes or removes a rule, whoever made it; takes back only what it made and nobody has changed since.',
  ],
  permissions: [permission],
  toTakeBack: [`${types.rule}/delete`],
  plan: (subject, inventory) => planned(subject, inventory),
};

function planned(workspace: Resource, inventory: Inventory): Plan {
  const lock = `${workspace.id}/providers/${types.rule}`;
  const on = hasSentinel(workspace, inventory);
  const collections = collectionsTo(workspace, inventory);
  if (on.state === 'unread') return { actions: [], blocked: [on.reason], lock };
  if (collections.state === 'unread') return { actions: [], blocked: [collections.reason], lock };
  if (!on.value) return { actions: [], blocked: ['Microsoft Sentinel is for a person to switch on'], lock };
  if (!collections.value.some(isForFindings)) return { actions: [], blocked: [elsewhere], lock };
  const content = contentOf(workspace, inventory);
  if (content.state === 'unread') return { actions: [], blocked: [content.reason], lock };
  const { rules } = content.value;
  const missing = ownRules.filter((own) => !rules.some((rule) => isRule(own, rule)));
  const isLeftToPeople = missing.length > 0 || rules.some(isOffAndOurs);
  return { actions: missing.map((own) => making(own, workspace)), blocked: isLeftToPeople ? [enabling] : [], lock };
}

const elsewhere =
  'Steward makes its own rules only where its findings go: rules for other sources, and connectors, are for a person';

const enabling = 'rules of Steward’s that are switched off are for a person to enable';

function isOffAndOurs(rule: Resource<Rule>): boolean {
  return rule.properties?.enabled !== true && ownRules.some((own) => isRule(own, rule));
}

function making({ id, kind, properties }: OwnRule, workspace: Resource): Action {
  const description = `${properties.description}\nMade by Steward, and switched off until somebody decides so.`;
  return {
    id: `${workspace.id}/providers/${types.rule}/${id}`,
    body: { kind, properties: { ...properties, description, enabled: false } },
    summary: `make the analytics rule «${properties.displayName}» in ${workspace.name}, switched off`,
    permission,
  };
}
