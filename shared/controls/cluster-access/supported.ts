import { same, type Resource } from '../../core/resource';
import type { Problem, Verdict } from '../../core/verdict';
import { poolsOf, propertiesOf, textOf, type NodePool } from './cluster';
import { endingProblems } from './end-of-support';
import { nodeImages, type NodeImage } from './node-images';
import { retirements } from './retirements';

/** No component of the cluster is retired. */
export function supportedComponents(subject: Resource, now: string): Verdict {
  const cluster = propertiesOf(subject);
  const used = retirements.filter((one) => one.isUsedBy(cluster));
  return verdictOf(
    used.flatMap((one) => endingProblems(one, now, 'medium')),
    used.length === 0
      ? 'it uses none of the components that are known to retire'
      : used.map(({ what, ends }) => `${what} is supported until ${ends}`).join('; '),
  );
}

/** The nodes run an operating system that still gets security updates. */
export function supportedNodes(subject: Resource, now: string): Verdict {
  const pools = poolsOf(propertiesOf(subject));
  if (pools === undefined) return { state: 'unknown', reason: 'the list of node pools cannot be understood' };
  if (pools.length === 0) return { state: 'notApplicable', reason: 'it has no node pools of its own' };
  const problems = nodeImages.flatMap((image) => problemsOf(image, pools, now));
  const silent = pools.filter((pool) => textOf(pool.nodeImageVersion) === '' && !nodeImages.some(isOf(pool)));
  if (problems.length === 0 && silent.length > 0)
    return { state: 'unknown', reason: `${namesOf(silent)}: which node image is used is not told` };
  return verdictOf(problems, `${namesOf(pools)}: no image whose support has ended or ends soon`);
}

function problemsOf(image: NodeImage, pools: readonly NodePool[], now: string): readonly Problem[] {
  const those = pools.filter((pool) => isOf(pool)(image));
  if (those.length === 0) return [];
  return endingProblems({ ...image, what: `${image.what} of ${namesOf(those)}` }, now, 'medium');
}

function isOf({ nodeImageVersion, osSKU }: NodePool): (image: NodeImage) => boolean {
  return ({ image, skus }) => image.test(textOf(nodeImageVersion)) || skus.some((sku) => same(sku, textOf(osSKU)));
}

function namesOf(pools: readonly NodePool[]): string {
  return `node ${pools.length === 1 ? 'pool' : 'pools'} ${pools.map(({ name = '?' }) => name).join(', ')}`;
}

function verdictOf(problems: readonly Problem[], reason: string): Verdict {
  return problems.length > 0 ? { state: 'violation', problems } : { state: 'compliant', reason };
}
