import type { Control } from '../core/control';
import type { Past, Wrote } from '../core/past';
import type { World } from '../core/ports';
import { subscriptionOf } from '../core/resource';
import type { Outcome } from './apply';
import { findingIdOf } from './report';

/** The control with what Steward remembers of the subject; one that remembers nothing stays as it is and costs no look-up. */
export async function remembering(world: World, control: Control, id: string, wrote?: Wrote): Promise<Control> {
  if (control.remembers === undefined) return control;
  const known = await Promise.all(
    control.remembers.map(async (controlId) => {
      const finding = await world.findings.get(subscriptionOf(id), findingIdOf(controlId, id));
      return finding === undefined ? [] : ([[controlId, finding]] as const);
    }),
  );
  return withPast(control, { findings: new Map(known.flat()), ...(wrote && { wrote }) });
}

/** Such a control can be given another past. */
function withPast(control: Control, past: Past): Control {
  const { remedy } = control;
  return {
    ...control,
    evaluate: (subject, inventory, settings, other = past) => control.evaluate(subject, inventory, settings, other),
    ...(remedy && {
      remedy: {
        ...remedy,
        plan: (subject, inventory, settings, other = past) => remedy.plan(subject, inventory, settings, other),
      },
    }),
  };
}

/** What an outcome leaves to be remembered, before a finding tells of it. */
export function wroteIn({ written, writtenAt, confirmedAt }: Outcome): Wrote | undefined {
  if (writtenAt === undefined || confirmedAt === undefined) return undefined;
  return { ids: written.map(({ id }) => id), written: writtenAt, confirmed: confirmedAt };
}
