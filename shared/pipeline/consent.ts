import type { Control } from '../core/control';
import { AzureError } from '../core/errors';
import type { Finding } from '../core/finding';
import type { Why } from '../core/ledger';
import type { Message } from '../core/message';
import type { World } from '../core/ports';
import { nameOf, parseId, subscriptionOf, type Resource } from '../core/resource';
import { asksForGroup, outsideBecause, type ScopeFilter } from '../core/scope-filter';
import { noteDrift, stoppedBecause } from './breakers';
import { explain } from './explain';
import { findingIdOf } from './report';

export interface Asked {
  readonly control: Control;
  readonly subject: Resource;
  readonly before: Finding | undefined;
  /** As it is after this judgement. */
  readonly finding: Finding;
  /** A person has seen the plan and approved it. */
  readonly isApproved?: boolean;
}

/**
 * Why nothing may be written for a subject, as a sentence without a full stop; undefined when it may. What cannot be
 * read or understood never lets a write through.
 */
export async function refusalToWrite(world: World, asked: Asked): Promise<string | undefined> {
  const { control } = asked;
  if (control.remedy === undefined) return 'this control has no remedy';
  if (!mayWrite(world, control)) return `setting REMEDIATE does not name ${control.id}`;
  return (await stopped(world, asked)) ?? leftAlone(world, asked) ?? (await outside(world, asked.subject));
}

/** Whether a control may write at all. */
export function mayWrite({ settings }: World, { id, remedy }: Control): boolean {
  return remedy !== undefined && settings.remediate.includes(id);
}

/** On whose behalf a control writes for a subject. */
export function whyOf({ id }: Control, subject: Resource, { cause, run }: Message): Why {
  const runId = run === undefined ? {} : { runId: run.id };
  return { controlId: id, findingId: findingIdOf(id, subject.id), subjectId: subject.id, cause, ...runId };
}

async function stopped(world: World, { control, subject, before, finding }: Asked): Promise<string | undefined> {
  const key = { subscriptionId: subscriptionOf(subject.id), controlId: control.id };
  const wasRight = before?.state === 'compliant' || before?.state === 'resolved';
  if (wasRight && finding.state === 'open') await noteDrift(world, key);
  return stoppedBecause(world, key);
}

/** What people took back is theirs: a revert until a person approves a plan, a remedy undone until a day has passed. */
function leftAlone({ settings }: World, { finding, isApproved }: Asked): string | undefined {
  if (isApproved === true) return undefined;
  const { held, undone = [] } = finding;
  if (held !== undefined) return `left alone since ${held.at}: ${held.by} took change ${held.changeId} back`;
  const last = undone.at(-1);
  if (last === undefined || undone.length < settings.undoneADay) return undefined;
  const who = last.by === undefined ? 'no event says by whom' : `by ${last.by}`;
  return `left alone: its remedy was undone ${undone.length} times within a day, the last time at ${last.at}, ${who}`;
}

async function outside({ settings, reader }: World, subject: Resource): Promise<string | undefined> {
  const filter = settings.remediateIn;
  if ('unreadable' in filter)
    return `nothing is written while a scope filter cannot be understood: ${filter.unreadable}`;
  try {
    return outsideBecause(filter, subject, await groupOf(reader, subject, filter));
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return `whether setting REMEDIATE_TAGS names ${nameOf(subject.id)} is not known: its resource group could not be read: ${explain(error)}`;
  }
}

async function groupOf(reader: World['reader'], subject: Resource, filter: ScopeFilter): Promise<Resource | undefined> {
  const { subscriptionId, resourceGroup } = parseId(subject.id);
  if (resourceGroup === undefined || !asksForGroup(filter, subject)) return undefined;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const { result } = await reader.read({ kind: 'get', id });
  return result.state === 'read' ? (result.value as Resource | undefined) : undefined;
}
