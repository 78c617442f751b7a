import { types } from '../flow-logging/types';
import type { Inventory } from '../core/inventory';
import { on, scopesIn, type Check, type Examination } from './check';
import { allRead } from '../flow-logging/protected';
import { same } from '../core/resource';
import type { FlowLog } from '../flow-logging/types';

const node = {
  id: 'runtime',
  title: 'The runtime is supported',
  wanted: 'a version of Node.js that Azure Functions supports for 180 days more at least',
};

/** The last day of support in Azure Functions by major version (Azure Functions: supported languages; Node.js releases). */
const ends: Readonly<Record<string, string>> = {
  '18': '2025-04-30',
  '20': '2026-04-30',
  '22': '2027-04-30',
  '24': '2028-04-30',
};

/** Days before an end from which on it is told. */
const early = 180;
const dayMs = 86_400_000;

export const runtime: Examination = ({ now }, { surroundings: { nodeVersion } }) => {
  const conclude = on(node, `Node.js ${nodeVersion}`);
  const major = nodeVersion.split('.')[0] ?? '';
  const end = ends[major];
  const move = 'deploy the app with Node.js 24 (the parameter of the runtime in infra/)';
  if (end === undefined)
    return [
      conclude.unknown(`how long Node.js ${major} is supported is not known here`, 'look it up, and update Steward'),
    ];
  const left = daysUntil(end, now);
  if (left < 0) return [conclude.wrong(`support of Node.js ${major} ended on ${end}`, move)];
  const found = `Node.js ${major} is supported until ${end}`;
  return [left < early ? conclude.ok(`${found}, ${left} days more`, move) : conclude.ok(found)];
};

/** Whole days from now to the end of a day; negative when it is over. */
function daysUntil(day: string, now: string): number {
  return Math.floor((Date.parse(`${day}T23:59:59.999Z`) - Date.parse(now)) / dayMs);
}

const groups = {
  id: 'nsg-flow-logs',
  title: 'No flow log is of a kind that retires',
  wanted: 'no flow log of a network security group: Azure deletes them on 2027-09-30',
};

/** NSG flow logs: Azure's announcement of their retirement. */
const lastDay = '2027-09-30';

/** A legacy log counts until it retires, so that one is a warning before that day and wrong after it. */
export const securityGroupLogs: Examination = (inventory, context) =>
  scopesIn(context).map((scope) => judged(scope, inventory));

function judged(scope: string, inventory: Inventory): Check {
  const conclude = on(groups, scope);
  const watchers = inventory.list(types.watcher, scope);
  if (watchers.state === 'unread')
    return conclude.unknown(`network watchers: ${watchers.reason}`, `grant ${types.watcher}/read`);
  const logs = allRead(watchers.value.map(({ id }) => inventory.list<FlowLog>(types.flowLog, id)));
  if (logs.state === 'unread') return conclude.unknown(`flow logs: ${logs.reason}`, `grant ${types.flowLog}/read`);
  const legacy = logs.value.flat().filter(({ properties }) => isOfGroup(properties?.targetResourceId));
  if (legacy.length === 0) return conclude.ok('there is none');
  const found = `${legacy.length} of them: ${legacy
    .map(({ name }) => name)
    .slice(0, 20)
    .join(', ')}`;
  const move = `log the networks instead and delete these before ${lastDay} (Network Watcher: migrate flow logs)`;
  return daysUntil(lastDay, inventory.now) < 0 ? conclude.wrong(found, move) : conclude.ok(found, move);
}

function isOfGroup(target = ''): boolean {
  return same(target.split('/').at(-2), 'networkSecurityGroups');
}
