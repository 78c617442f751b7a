import type { Journal } from './core/ports';

/** One JSON line per step in the invocation's log. */
export function journalOf(context: { readonly log: (line: string) => void }): Journal {
  return (entry) => {
    context.log(JSON.stringify(entry));
  };
}
