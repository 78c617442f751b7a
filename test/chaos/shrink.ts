import { play, type Story } from './run';
import type { Schedule } from './schedule';

/** The least of a schedule that is still bad. */
export async function shrunk(
  schedule: Schedule,
  isBad: (schedule: Schedule, story: Story) => boolean,
): Promise<Schedule> {
  let least = schedule;
  for (let again = true; again;) {
    again = false;
    for (const smaller of smallerOnes(least)) {
      if (!isBad(smaller, await play(smaller))) continue;
      least = smaller;
      again = true;
      break;
    }
  }
  return least;
}

function smallerOnes(schedule: Schedule): readonly Schedule[] {
  const { deeds, faults, instances } = schedule;
  return [
    ...halves(faults).map((some) => ({ ...schedule, faults: some })),
    ...halves(deeds).map((some) => ({ ...schedule, deeds: some })),
    ...without(faults).map((some) => ({ ...schedule, faults: some })),
    ...without(deeds).map((some) => ({ ...schedule, deeds: some })),
    ...(instances > 1 ? [{ ...schedule, instances: instances - 1 }] : []),
    ...(schedule.pause ? [{ ...schedule, pause: false }] : []),
    ...deeds.flatMap((deed, index) =>
      deed.told.copies > 1
        ? [{ ...schedule, deeds: deeds.with(index, { ...deed, told: { ...deed.told, copies: 1 } }) }]
        : [],
    ),
  ];
}

function halves<T>(some: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(some.length / 2);
  return some.length < 2 ? [] : [some.slice(0, middle), some.slice(middle)];
}

function without<T>(some: readonly T[]): readonly (readonly T[])[] {
  return some.map((_, index) => some.toSpliced(index, 1));
}
