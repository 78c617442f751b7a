import type { Check } from './failure';
import {
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  sysctlsSince,
  sysctlVersions,
  windowsHostProcess,
} from './host-checks';
import type { Pod } from './pod';
import {
  allowPrivilegeEscalation,
  baselineCapabilities,
  privileged,
  procMount,
  restrictedCapabilities,
} from './privilege-checks';
import {
  appArmorProfile,
  baselineSeccomp,
  restrictedSeccomp,
  seccompAnnotations,
  seLinuxOptions,
} from './profile-checks';
import { runAsNonRoot, runAsUser } from './user-checks';
import { restrictedVolumes } from './volume-checks';

export type Level = 'baseline' | 'restricted';

export interface StandardCheck {
  /** As the API server's own registry names it. */
  readonly id: string;
  readonly level: Level;
  /** The check of *baseline* that it replaces in *restricted*. */
  readonly overrides?: string;
  /** What it is from which minor version on, oldest first. */
  readonly versions: readonly (readonly [since: number, check: Check])[];
}

/** The newest minor version whose rules are known. */
export const newestMinor = 37;

const notOnWindows = (check: Check): Check => unless((pod) => pod.isWindows, check);
const notWithOwnUsers = (check: Check): Check => unless((pod) => pod.hasOwnUsers, check);

function unless(isSpared: (pod: Pod) => boolean, check: Check): Check {
  return (pod) => (isSpared(pod) ? undefined : check(pod));
}

const containerTypes = ['container_t', 'container_init_t', 'container_kvm_t'];

/** The Pod Security Standards (kubernetes.io/docs/concepts/security/pod-security-standards), *baseline*. */
const baseline: readonly StandardCheck[] = [
  { id: 'hostNamespaces', level: 'baseline', versions: [[0, hostNamespaces]] },
  { id: 'privileged', level: 'baseline', versions: [[0, privileged]] },
  { id: 'capabilities_baseline', level: 'baseline', versions: [[0, baselineCapabilities]] },
  { id: 'hostPathVolumes', level: 'baseline', versions: [[0, hostPathVolumes]] },
  { id: 'hostPorts', level: 'baseline', versions: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [[34, hostProbesAndHostLifecycle]] },
  { id: 'appArmorProfile', level: 'baseline', versions: [[0, appArmorProfile]] },
  {
    id: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      [0, seLinuxOptions(containerTypes)],
      [31, seLinuxOptions([...containerTypes, 'container_engine_t'])],
    ],
  },
  {
    id: 'procMount',
    level: 'baseline',
    versions: [
      [0, procMount],
      [35, notWithOwnUsers(procMount)],
    ],
  },
  {
    id: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      [0, seccompAnnotations],
      [19, baselineSeccomp],
    ],
  },
  { id: 'sysctls', level: 'baseline', versions: sysctlVersions.map((since) => [since, sysctlsSince(since)]) },
  { id: 'windowsHostProcess', level: 'baseline', versions: [[0, windowsHostProcess]] },
];

const restricted: readonly StandardCheck[] = [
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    overrides: 'hostPathVolumes',
    versions: [[0, restrictedVolumes]],
  },
  {
    id: 'allowPrivilegeEscalation',
    level: 'restricted',
    versions: [
      [8, allowPrivilegeEscalation],
      [25, notOnWindows(allowPrivilegeEscalation)],
    ],
  },
  {
    id: 'runAsNonRoot',
    level: 'restricted',
    versions: [
      [0, runAsNonRoot],
      [35, notWithOwnUsers(runAsNonRoot)],
    ],
  },
  {
    id: 'runAsUser',
    level: 'restricted',
    versions: [
      [23, runAsUser],
      [35, notWithOwnUsers(runAsUser)],
    ],
  },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    overrides: 'seccompProfile_baseline',
    versions: [
      [19, restrictedSeccomp],
      [25, notOnWindows(restrictedSeccomp)],
    ],
  },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    overrides: 'capabilities_baseline',
    versions: [
      [22, restrictedCapabilities],
      [25, notOnWindows(restrictedCapabilities)],
    ],
  },
  { id: 'procMount_restricted', level: 'restricted', overrides: 'procMount', versions: [[35, procMount]] },
];

/** Every check of both levels, in the order in which failures are told. */
export const standardChecks: readonly StandardCheck[] = [...baseline, ...restricted];
