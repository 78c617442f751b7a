import { grants, type Permission } from '../core/permissions';
import type { Inventory } from '../core/inventory';
import { keyOf } from '../core/resource';
import { on, type Check, type Examination } from './check';
import { needsOf, type Need } from './needs';

const topic = {
  id: 'roles',
  title: 'The identity may do what it has to',
  wanted: 'every action that the controls read with and that the enabled remedies write with',
};

/** The rights of whoever asks: of the app over HTTP, of the person at the command line. */
export const roles: Examination = (inventory, context) => {
  const groups = Map.groupBy(needsOf(inventory, context), ({ scope }) => keyOf(scope));
  return [...groups.values()].map((needs) => judged(needs, inventory));
};

function judged(needs: readonly Need[], inventory: Inventory): Check {
  const scope = needs[0]?.scope ?? '';
  const conclude = on(topic, scope);
  const answer = inventory.list('Microsoft.Authorization/permissions', scope);
  if (answer.state === 'unread')
    return conclude.unknown(answer.reason, 'grant Microsoft.Authorization/permissions/read');
  const permissions = answer.value as unknown as readonly Permission[];
  const missing = needs.flatMap(({ actions, plane, why }) => {
    const lacking = actions.filter((action) => !grants(permissions, action, plane));
    return lacking.length === 0 ? [] : [`${lacking.join(', ')} (${why})`];
  });
  const count = needs.flatMap(({ actions }) => actions).length;
  if (missing.length === 0) return conclude.ok(`all of ${count} actions are granted`);
  return conclude.wrong(
    `not granted: ${missing.join('; ')}`,
    `assign the roles of infra/ to the app’s identity at ${scope}; a new assignment takes up to 30 minutes`,
  );
}
