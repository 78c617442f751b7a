import type { Answer, ClusterObject } from '../wire';
import { fieldsOf, textOf } from '../wire';
import { clusterRefusals } from './status';

interface Term {
  readonly field: string;
  readonly is: boolean;
  readonly value: string;
}

/** Which objects a list is of. derived: every kind selects by these two fields; what some kinds have besides is left out. */
export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'some'; readonly has: (object: ClusterObject['object']) => boolean }
  | { readonly kind: 'refused'; readonly answer: Answer };

export function selectionOf(query: URLSearchParams): Selection {
  const selector = query.get('fieldSelector') ?? '';
  if (selector === '') return { kind: 'all' };
  const terms: Term[] = [];
  for (const text of selector.split(',')) {
    const term = termOf(text);
    if (term === undefined) return { kind: 'refused', answer: clusterRefusals.badSelector(selector, text) };
    if (!/^metadata\.(name|namespace)$/.test(term.field))
      return { kind: 'refused', answer: clusterRefusals.unknownField(term.field) };
    terms.push(term);
  }
  return {
    kind: 'some',
    has: (object) => terms.every(({ field, is, value }) => (textOf(metadataOf(object, field)) === value) === is),
  };
}

/** The name that a list is asked for by. The server authorizes it like a request for that object. */
export function nameIn(query: URLSearchParams): string | undefined {
  const terms = (query.get('fieldSelector') ?? '').split(',').map(termOf);
  if (terms.includes(undefined)) return undefined;
  return terms.find((term) => term?.is === true && term.field === 'metadata.name')?.value;
}

const metadataOf = (object: ClusterObject['object'], field: string): unknown =>
  fieldsOf(object, 'metadata')[field.slice('metadata.'.length)];

function termOf(text: string): Term | undefined {
  const [, field = '', operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(text) ?? [];
  return operator === undefined ? undefined : { field, is: operator !== '!=', value };
}
