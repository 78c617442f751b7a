import { same } from '../core/resource';

/** A filter of an event subscription («Event Grid: event filtering»). */
export interface AdvancedFilter {
  readonly operatorType?: string;
  readonly key?: string;
  readonly values?: readonly string[];
}

/** Whether events of an operation, as `Microsoft.Network/virtualNetworks/write`, pass; undefined: that cannot be told. */
export function passes(filters: readonly AdvancedFilter[], operation: string): boolean | undefined {
  const answers = filters.map((filter) => passesOne(filter, operation));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

const tests: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  stringin: (text, value) => text === value,
  stringcontains: (text, value) => text.includes(value),
  stringbeginswith: (text, value) => text.startsWith(value),
  stringendswith: (text, value) => text.endsWith(value),
};

/** Strings compare without regard to case; of the values one is enough, and of a negation none may fit. */
function passesOne(
  { operatorType = '', key = '', values = [] }: AdvancedFilter,
  operation: string,
): boolean | undefined {
  const text = told(key, operation);
  const name = operatorType.toLowerCase();
  const test = tests[name.replace(/^stringnot/, 'string')];
  if (text === undefined || test === undefined) return undefined;
  const fits = values.some((value) => test(text, value.toLowerCase()));
  return name.startsWith('stringnot') ? !fits : fits;
}

/** What the events of an operation say under a key, as far as the operation decides it. */
function told(key: string, operation: string): string | undefined {
  if (same(key, 'data.operationName')) return operation.toLowerCase();
  if (same(key, 'data.resourceProvider')) return operation.split('/')[0]?.toLowerCase();
  return same(key, 'data.status') ? 'succeeded' : undefined;
}
