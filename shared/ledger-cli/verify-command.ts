import type { ChainReport } from '../store/ledger-chain';
import { check } from './check';
import type { Source } from './source';

export type Print = (line: string) => void;

/** `verify`: a line for each chain, one for each fault, and one for all. Answers the number of faults. */
export async function verifyCommand(source: Source, print: Print): Promise<number> {
  let faults = 0;
  let lines = 0;
  const fault = (text: string): void => {
    faults += 1;
    print(`  ${text}`);
  };
  for (const chain of source.chains) {
    const report = await check(source, chain, { fault });
    lines += report.lines;
    print(`${chain.subscriptionId}: ${textOf(report)}`);
  }
  source.faults.forEach(fault);
  const all = `${counted(lines, 'line')} in ${counted(source.chains.length, 'chain')}`;
  print(faults === 0 ? `${all}, every hash follows from the one before` : `${all}, ${counted(faults, 'fault')}`);
  return faults;
}

const states = ['proved', 'refused', 'unproved', 'interrupted', 'no end'] as const;

function textOf({ lines, changes }: ChainReport): string {
  const counts = new Map<string, number>();
  for (const state of changes.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  const ends = states.map((state) => `${counts.get(state) ?? 0} ${state}`);
  return `${counted(lines, 'line')}, ${counted(changes.size, 'change')}: ${ends.join(', ')}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
