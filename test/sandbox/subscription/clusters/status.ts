import type { Answer, Fields } from '../wire';

/** What an API server says instead of a list. derived: bodies and headers as kube-apiserver 1.20 sends them. */
export function status(code: number, reason: string, message: string, more: Fields = {}): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...more, code };
  return { status: code, headers: { 'cache-control': 'no-cache, private' }, body };
}

const plain = (code: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: code,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: text,
});

interface Asked {
  readonly group: string;
  readonly plural: string;
  /** Of the only object that is asked for. */
  readonly name?: string | undefined;
}

function forbidden(user: string, { group, plural, name }: Asked): Answer {
  const resource = group === '' ? plural : `${plural}.${group}`;
  const message = `${resource}${name === undefined ? '' : ` "${name}"`} is forbidden: User "${user}" cannot list resource "${plural}" in API group "${group}" at the cluster scope`;
  return status(403, 'Forbidden', message, {
    details: { ...(name !== undefined && { name }), ...(group !== '' && { group }), kind: plural },
  });
}

export const clusterRefusals = {
  unauthorized: (): Answer => status(401, 'Unauthorized', 'Unauthorized'),
  anonymous: (asked: Asked): Answer => forbidden('system:anonymous', asked),
  forbidden,
  unknownResource: (): Answer =>
    status(404, 'NotFound', 'the server could not find the requested resource', { details: {} }),
  unknownPath: (): Answer => plain(404, '404 page not found\n'),
  badToken: (): Answer =>
    status(400, 'BadRequest', 'invalid continue token: continue key is not valid: invalid character'),
  unknownField: (field: string): Answer =>
    status(400, 'BadRequest', `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`),
  badSelector: (selector: string, term: string): Answer =>
    status(400, 'BadRequest', `invalid selector: '${selector}'; can't understand '${term}'`),
  expired: (token: string): Answer =>
    status(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
        'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
        'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
        'deleted between the time the first chunk was returned and now may show up in the list.',
      { metadata: { continue: token } },
    ),
  busy: (): Answer => plain(429, 'Too many requests, please try again later.\n', { 'retry-after': '1' }),
};
