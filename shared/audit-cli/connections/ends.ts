import { everyAddress, ipRangesFrom, type IpRanges } from '../../core/ip-ranges';
import { workloadText } from '../../kubernetes/reachability/connections';
import type { Workload } from '../../kubernetes/reachability/workloads';
import { InputError } from '../input';

/** One end of the connections that are asked for. */
export type End =
  | { readonly kind: 'any' }
  | { readonly kind: 'workloads'; readonly workloads: readonly Workload[] }
  | { readonly kind: 'outside'; readonly ranges: IpRanges };

/** What is asked for. Of a namespace, connections with an end in it. */
export interface Question {
  readonly from: End;
  readonly to: End;
  readonly namespace?: string;
}

/** Reads `outside`, an address or CIDR, or a workload. Throws an InputError when it is none. */
export function endOf(option: string, text: string | undefined, workloads: readonly Workload[]): End {
  if (text === undefined) return { kind: 'any' };
  const ranges = text === 'outside' ? everyAddress : ipRangesFrom(text);
  if (ranges !== undefined) return { kind: 'outside', ranges };
  const meant = workloads.filter((workload) => namesOf(workload).includes(text.toLowerCase()));
  if (meant.length > 0) return { kind: 'workloads', workloads: meant };
  const near = workloads
    .map(workloadText)
    .filter((name) => name.includes(text))
    .slice(0, 5);
  const hint =
    near.length === 0
      ? 'a workload as shop/web, shop/*, an address or outside is wanted'
      : `there is ${near.join(', ')}`;
  throw new InputError(`${option} is "${text}", and no workload is called so; ${hint}`);
}

/** Every way in which people may call a workload. */
function namesOf(workload: Workload): readonly string[] {
  const { namespace, kind, name } = workload;
  const names = [
    workloadText(workload),
    `${namespace}/${kind}/${name}`,
    `${namespace}/${name}`,
    `${namespace}/*`,
    name,
  ];
  return names.map((one) => one.toLowerCase());
}

/** Throws an InputError where nothing is in the namespace. */
export function namespaceOf(name: string | undefined, workloads: readonly Workload[]): string | undefined {
  const names = [...new Set(workloads.map(({ namespace }) => namespace))].toSorted();
  if (name === undefined || names.includes(name)) return name;
  const some = names.slice(0, 10).join(', ');
  throw new InputError(
    `--namespace is "${name}", and no workload is in it; there are ${some === '' ? 'none at all' : some}`,
  );
}
