import { stripVTControlCharacters, styleText } from 'node:util';
import type { JournalEntry } from '../../shared/core/ports';
import { nameOf } from '../../shared/core/resource';
import type { HostRecord } from './host/index';

export interface Screen {
  title(text: string): void;
  readonly line: (record: HostRecord) => void;
}

type Style = Parameters<typeof styleText>[0];

const styles: Readonly<Record<JournalEntry['step'], Style>> = {
  ignored: 'gray',
  queued: 'gray',
  seen: 'cyan',
  judged: 'white',
  changed: 'yellow',
  proved: 'green',
  failed: 'red',
  published: 'gray',
  swept: 'blue',
};

const quiet: readonly JournalEntry['step'][] = ['ignored', 'queued'];

/** The app's journal in aligned columns: when, what was done, on which resource, and what is to say about it. */
export function startConsole({ verbose }: { readonly verbose: boolean }): Screen {
  return {
    title: (text) => console.log(`\n${styleText('bold', text)}\n`),
    line: (record) => {
      const text = textOf(record, verbose);
      if (text !== undefined) console.log(text);
    },
  };
}

function textOf(record: HostRecord, verbose: boolean): string | undefined {
  switch (record.kind) {
    case 'output':
      return record.text;
    case 'host':
      return hostText(record);
    case 'log': {
      const entry = entryOf(record.message);
      if (entry === undefined)
        return record.level === 'error' || verbose ? row(record.at, 'host', '', record.message) : undefined;
      if (quiet.includes(entry.step) && !verbose) return undefined;
      const subject = entry.subject === undefined ? '' : nameOf(entry.subject);
      const text = entry.control === undefined ? entry.text : `${entry.control} · ${entry.text}`;
      return row(record.at, styleText(styles[entry.step], entry.step), subject, text);
    }
  }
}

function hostText(record: Extract<HostRecord, { readonly kind: 'host' }>): string | undefined {
  if (record.event === 'started')
    return row(record.at, 'host', '', `functions ${record.functions.join(', ')} on port ${record.port}`);
  if (record.event === 'failed') return row(record.at, styleText('red', 'failed'), record.functionName, record.message);
  return undefined;
}

function entryOf(message: string): JournalEntry | undefined {
  if (!message.startsWith('{"step":')) return undefined;
  return JSON.parse(message) as JournalEntry;
}

function row(at: string, step: string, subject: string, text: string): string {
  return `${at.slice(11, 23)}  ${pad(step, 7)}  ${pad(short(subject, 36), 36)}  ${firstLine(text)}`;
}

/** What goes on, as a template, is in the finding. */
export function firstLine(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  return rest.length === 0 ? first : `${first} …`;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}

export function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
