import { renderDot } from './connections/render-dot';
import { renderJson } from './connections/render-json';
import { renderTable } from './connections/render-table';
import { connectionView, type ConnectionView } from './connections/view';
import { argumentsOf } from './input';
import type { Output } from './output';
import { shownFrom } from './shown-from';

const formats = { table: renderTable, json: renderJson, dot: renderDot } as const satisfies Record<
  string,
  (view: ConnectionView, problems: Parameters<typeof renderJson>[1]) => string
>;

/** `connections`: who can talk to whom, by what is in files. Throws an InputError. */
export function connectionsCommand(args: readonly string[]): Output {
  const { values, positionals } = argumentsOf(args, {
    from: { type: 'string' },
    to: { type: 'string' },
    namespace: { type: 'string' },
    output: { type: 'string', default: 'table' },
  });
  return shownFrom({ command: 'connections', positionals, format: values.output, formats }, (objects) =>
    connectionView(objects, values),
  );
}
