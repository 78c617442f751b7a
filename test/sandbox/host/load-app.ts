import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import * as core from '../../functions-core';
import { appHookData } from './invoke';
import { described } from './invocations';

/** Why the app cannot run. Azure would start it with no functions and call that a success. */
export class AppError extends Error {}

/**
 * Loads the app's entry as Azure's Node worker does (package.json `main`, a file or a glob, from the app's folder) and
 * gives it our `@azure/functions-core`. Throws AppError when there is no entry, it throws, or it registers nothing.
 */
export async function loadApp(folder: string): Promise<readonly core.Registration[]> {
  supplyCore();
  process.chdir(folder);
  const requireFromApp = createRequire(join(folder, 'package.json'));
  for (const file of entriesOf(folder)) {
    try {
      requireFromApp(file);
    } catch (error) {
      const { message, stack } = described(error);
      throw new AppError(`the entry ${file} throws: ${stack ?? message}`, { cause: error });
    }
  }
  const registrations = core.registered();
  if (registrations.length === 0)
    throw new AppError(
      `the entry of ${folder} registers no function: it never calls app.http(), app.timer() or the like`,
    );
  await startModel(folder);
  return registrations;
}

const supplied = 'stand-in:functions-core';
const shared = Symbol.for(supplied);

function supplyCore(): void {
  Object.assign(globalThis, { [shared]: core });
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: supplied, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === supplied
        ? { format: 'commonjs', source: `module.exports = globalThis[Symbol.for('${supplied}')];`, shortCircuit: true }
        : next(url, context),
  });
}

function entriesOf(folder: string): readonly string[] {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) throw new AppError(`${manifest} is missing; its "main" names the app's entry`);
  const { main } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly main?: string };
  if (main === undefined) throw new AppError(`${manifest} has no "main"; it names the app's entry`);
  const files = existsSync(resolve(folder, main)) ? [main] : globSync(main, { cwd: folder }).sort();
  if (files.length === 0) throw new AppError(`${manifest}: no file matches main "${main}"; was the app built?`);
  return files.map((file) => resolve(folder, file));
}

async function startModel(functionAppDirectory: string): Promise<void> {
  const capabilities = (await core.getProgrammingModel().getCapabilities?.({})) ?? {};
  if ('HttpUri' in capabilities)
    throw new AppError('the app asks for enableHttpStream, which the stand-in does not know');
  for (const hook of core.hooksOf('appStart')) await hook({ functionAppDirectory, hookData: {}, appHookData });
}
