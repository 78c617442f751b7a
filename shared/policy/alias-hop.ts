import type { AliasPath, AliasResolver } from './aliases';
import { parsePath, type Step } from './paths';

/**
 * Finds the path of an alias without a table, for work offline: the part after the last slash, looked for inside
 * `properties` first and then beside it, at every level. The exceptions that it cannot know are listed. It is right for
 * nearly all aliases that built-in definitions use, never certainly: results say `via: 'hop'`.
 */
export const hopResolver: AliasResolver = (alias, resourceType) => {
  const name = alias.toLowerCase();
  const exception = EXCEPTIONS.get(name);
  if (exception !== undefined) return exception(resourceType.toLowerCase());
  return IMAGE.test(name) ? undefined : hopping(alias.slice(alias.lastIndexOf('/') + 1));
};

function hopping(rest: string): AliasPath | undefined {
  const steps = parsePath(rest);
  if (steps === undefined || steps.length === 0) return undefined;
  return { via: 'hop', steps: steps.map((step, index) => hopStep(step, index === 0 && steps.length > 1)) };
}

const hopStep = (step: Step, droppable: boolean): Step =>
  step.kind === 'name' ? { ...step, kind: 'hop', droppable } : step;

type Exception = (resourceType: string) => AliasPath | undefined;

const fixed = (path: string): AliasPath | undefined => {
  const steps = parsePath(path);
  return steps === undefined ? undefined : { via: 'hop', steps };
};

const machines =
  (path: string): Exception =>
  (resourceType) => {
    if (resourceType === 'microsoft.compute/virtualmachines') return fixed(`properties.${path}`);
    const isScaleSet = resourceType === 'microsoft.compute/virtualmachinescalesets';
    return isScaleSet ? fixed(`properties.virtualMachineProfile.${path}`) : undefined;
  };

/** On disks these read parts of a longer text, which needs the pattern in Azure's table. */
const IMAGE = /^microsoft\.compute\/(image|license)[a-z]*$/;

const EXCEPTIONS: ReadonlyMap<string, Exception> = new Map<string, Exception>([
  ['microsoft.compute/imagepublisher', machines('storageProfile.imageReference.publisher')],
  ['microsoft.compute/imageoffer', machines('storageProfile.imageReference.offer')],
  ['microsoft.compute/imagesku', machines('storageProfile.imageReference.sku')],
  ['microsoft.compute/imageversion', machines('storageProfile.imageReference.version')],
  ['microsoft.compute/imageid', machines('storageProfile.imageReference.id')],
  ['microsoft.compute/licensetype', machines('licenseType')],
  ['microsoft.compute/virtualmachines/sku.name', () => fixed('properties.hardwareProfile.vmSize')],
  ['microsoft.hybridcompute/imageoffer', () => fixed('properties.osName')],
  ['microsoft.insights/diagnosticsettings/logs.enabled', () => fixed('properties.logs[*].enabled')],
  ['microsoft.insights/diagnosticsettings/metrics.enabled', () => fixed('properties.metrics[*].enabled')],
  [
    'microsoft.storage/storageaccounts/enableblobencryption',
    () => fixed('properties.encryption.services.blob.enabled'),
  ],
  ['microsoft.sql/auditingsettings.state', () => fixed('properties.state')],
]);
