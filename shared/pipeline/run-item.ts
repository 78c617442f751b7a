import type { Control, Plan } from '../core/control';
import type { World } from '../core/ports';
import { nameOf } from '../core/resource';
import type { RunItem } from '../core/run';
import { mayWrite } from './consent';
import { shown } from './shown-action';

/** Longer than a row of the table may be, in characters. */
const tooLong = 400_000;

/** What a plan would do, as it is shown; what is not shown is not applied. */
export function viewOf(
  world: World,
  control: Control,
  { actions, blocked, wakes = [], lock }: Plan,
): Pick<RunItem, 'state' | 'text' | 'lock' | 'actions'> {
  if (control.remedy === undefined) return { state: 'blocked', text: 'this control has no remedy', actions: [] };
  const would = [...actions.map(({ summary }) => summary), ...wakes.map((id) => `leave it to ${nameOf(id)}`)];
  const said = [
    ...(mayWrite(world, control) ? [] : [withoutConsent(control)]),
    ...(would.length > 0 ? [`would ${would.join(', ')}`] : []),
    ...blocked,
  ];
  const text = said.length === 0 ? 'this is for a person to put right' : said.join('; ');
  const views = actions.map(shown);
  if (JSON.stringify(views).length > tooLong)
    return { state: 'blocked', text: `not written: its differences are too many to be shown; ${text}`, actions: [] };
  return { state: would.length > 0 ? 'planned' : 'blocked', text, lock, actions: views };
}

export function withoutConsent({ id }: Pick<Control, 'id'>): string {
  return `not written: setting REMEDIATE does not name ${id}`;
}

/** What a finding says about its remedy when it was planned by a run. */
export function remedyText(world: World, control: Control, plan: Plan, runId: string): string {
  const { text } = viewOf(world, control, plan);
  return mayWrite(world, control) ? `planned by run ${runId}: ${text}` : text;
}
