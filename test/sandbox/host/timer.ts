import { Cron } from 'croner';
import type { TypedData } from '../../functions-core';

export interface Timer {
  /** What the function gets when it runs now: as in the Functions host, the status before this run. */
  argument(): TypedData;
  stop(): void;
}

/**
 * Fires by an NCRONTAB expression in UTC. As in the Functions host, an occurrence that comes while the function still
 * runs is left out. The schedule's state lives in memory, so nothing is ever past due, and unlike
 * in Azure a schedule of less than a minute has a status too.
 * Throws when the Functions host would not understand the expression.
 */
export function startTimer(schedule: string, run: (argument: TypedData) => Promise<unknown>): Timer {
  const cron = new Cron(ncrontab(schedule), {
    timezone: 'UTC',
    mode: '5-or-6-parts',
    // NCRONTAB wants day of month *and* day of week to match.
    domAndDow: true,
    sloppyRanges: true,
    protect: true,
  });
  let status = { Last: never, Next: nextOf(cron), LastUpdated: never };
  const argument = (): TypedData => ({
    json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false }),
  });
  cron.schedule(async () => {
    const occurrence = status.Next;
    await run(argument());
    status = { Last: occurrence, Next: nextOf(cron), LastUpdated: new Date().toISOString() };
  });
  return { argument, stop: () => cron.stop() };
}

/** What .NET says where nothing has happened yet. */
const never = '0001-01-01T00:00:00+00:00';

function nextOf(cron: Cron): string {
  return cron.nextRun()?.toISOString() ?? never;
}

const names = /\b(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)\b/gi;

/** croner knows more than NCRONTAB (L, W, #, ?, nicknames, day 7), and what it alone knows would fail in Azure. */
function ncrontab(schedule: string): string {
  const fields = schedule.trim().split(/\s+/);
  const plain = fields.every((field) => /^[\d*,\-/]+$/.test(field.replace(names, '0')));
  const weekDay = fields.at(-1) ?? '';
  if (fields.length < 5 || fields.length > 6 || !plain || /(^|[,-])7/.test(weekDay))
    throw new Error(
      `schedule "${schedule}" is not NCRONTAB: {second} {minute} {hour} {day} {month} {day of week}, ` +
        'with numbers, *, ",", "-", "/", and days of the week from 0 (Sunday) to 6',
    );
  return fields.join(' ');
}
