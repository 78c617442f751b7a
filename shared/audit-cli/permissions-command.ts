import { argumentsOf } from './input';
import type { Output } from './output';
import { renderJson } from './permissions/render-json';
import { renderTable } from './permissions/render-table';
import { permissionView } from './permissions/view';
import { shownFrom } from './shown-from';

const formats = { table: renderTable, json: renderJson } as const;

/** `permissions`: who can do what, by what is in files. Throws an InputError. */
export function permissionsCommand(args: readonly string[]): Output {
  const { values, positionals } = argumentsOf(args, {
    subject: { type: 'string' },
    verb: { type: 'string' },
    resource: { type: 'string' },
    namespace: { type: 'string' },
    output: { type: 'string', default: 'table' },
  });
  return shownFrom({ command: 'permissions', positionals, format: values.output, formats }, (objects) =>
    permissionView(objects, values),
  );
}
