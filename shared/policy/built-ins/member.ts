import type { Json } from '../json';

/** A built-in definition of Azure that stands in Steward's initiatives, and the control that it belongs to. */
export interface BuiltInMember {
  readonly control: string;
  /** With the control it makes the reference id of the member; permanent. */
  readonly rule: string;
  /** GUID of the definition. */
  readonly id: string;
  /** What it is pinned to: the parameters are those of this major version. */
  readonly major: number;
  /** Section of the requirements. */
  readonly requirement: string;
  /** Resource types that it judges. */
  readonly types: readonly string[];
  /** What it says of a resource that is wrong; it can refuse one as well when it stands in `denies`. */
  readonly effect: 'Audit' | 'AuditIfNotExists';
  readonly denies: boolean;
  /** Judged inside the cluster, so that it takes namespaces. */
  readonly inCluster: boolean;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Why it is there, and why its parameters have these values. */
  readonly why: string;
}

/** Namespaces in which a refusal can break the cluster itself («Azure Policy for Kubernetes: excluded namespaces»). */
export const systemNamespaces = ['kube-system', 'gatekeeper-system', 'azure-arc', 'azure-extensions-usage-system'];

export type GivenMember = Pick<BuiltInMember, 'rule' | 'id' | 'major' | 'why'> & Partial<BuiltInMember>;

/** Members of one control and requirement, from what each of them says besides. */
export const membersOf =
  (control: string, requirement: string, types: readonly string[]) =>
  (given: GivenMember): BuiltInMember => ({
    control,
    requirement,
    types,
    effect: 'Audit',
    denies: false,
    inCluster: false,
    parameters: {},
    ...given,
  });

export const clusterType = 'Microsoft.ContainerService/managedClusters';
