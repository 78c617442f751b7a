import type { Control } from '../../shared/core/control';
import type { Place } from '../../shared/rights/own-rights';
import { builtInRoles, type BuiltInRole } from './built-in-roles';
import { rightsOf, type Right } from '../../shared/rights/rights';
import { compileRoles, type CompiledRole } from './roles';

const places: Readonly<Record<Place, string>> = {
  subscription: 'the subscription',
  ownGroup: 'Steward’s own resource group',
  flowLogStorage: 'each storage account of others that flow logs write to, as the deployment names them',
  workspaceGroup: 'the resource group of each workspace that traffic analytics uses, as the deployment names them',
  managementGroup: 'a management group, where somebody assigns it; without it, policies from there are unknown',
};

const data: Readonly<Record<BuiltInRole['on'], string>> = {
  hostStorage: 'the app’s own storage account',
  dataCollectionRule: 'the data collection rule',
  applicationInsights: 'Application Insights',
  flowLogStorage: 'Steward’s own resource group, and storage accounts of others that flow logs write to',
};

/** The page of all rights: which, where, when and what for. */
export function rightsPage(controls: readonly Control[]): string {
  const rights = rightsOf(controls);
  return [
    '# What Steward may do',
    'Compiled from the controls by `npm run generate`; `infra/generated/roles.json` has the same for the deployment. A test holds that the code may do nothing else, and that every right to write is used. Without a control’s id in `REMEDIATE` its rights are not given.',
    ...compileRoles(controls).roles.flatMap((role) => section(role, rights)),
    '## Built-in roles',
    table(
      ['role', 'on', 'what for'],
      builtInRoles.map(({ name, id, on, why }) => [`${name} (\`${id}\`)`, data[on], why]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(role: CompiledRole, rights: readonly Right[]): readonly string[] {
  const always = [...role.actions, ...role.dataActions].map((action) => ['always', action] as const);
  const conditional = Object.entries(role.when).flatMap(([when, actions]) =>
    actions.map((action) => [`\`${when}\``, action] as const),
  );
  const rows = grouped([...always, ...conditional]).map(([action, when]) => [
    `\`${action}\``,
    when.join(', '),
    whys(action, role.scope, rights).join('; '),
  ]);
  return [
    `## Steward ${role.key}`,
    `${role.description} Held on ${places[role.scope]}.`,
    table(['action', 'when', 'what for'], rows),
  ];
}

function grouped(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, readonly string[]])[] {
  const actions = [...new Set(pairs.map(([, action]) => action))].toSorted();
  return actions.map((action) => [action, pairs.filter(([, one]) => one === action).map(([when]) => when)]);
}

function whys(wanted: string, place: Place, rights: readonly Right[]): readonly string[] {
  return [...new Set(rights.filter(({ action, at }) => action === wanted && at === place).map(({ why }) => why))];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
