import { clusterType, membersOf, type BuiltInMember, type GivenMember } from './member';

const inPods = membersOf('pod-security', '4', [clusterType]);
const pods = (given: GivenMember): BuiltInMember => inPods({ inCluster: true, ...given });

const anyGroup = { ranges: [{ min: 1, max: 65_535 }] };

/** What the built-in initiative «restricted» (42b8ef37) holds, each one tuned. */
export const podMembers: readonly BuiltInMember[] = [
  pods({
    rule: 'privileged',
    id: '95edb821-ddaf-4404-9732-666045e056b4',
    major: 9,
    denies: true,
    why: 'no privileged containers; it refuses by default, so the effect is given here',
  }),
  pods({
    rule: 'privilege-escalation',
    id: '1c6e92c9-99f0-4e55-9cf2-0c234dc48f99',
    major: 7,
    denies: true,
    why: 'allowPrivilegeEscalation is false, explicitly',
  }),
  pods({
    rule: 'host-network',
    id: '82985f06-dc18-4a48-bc1c-b9f4f0098cfe',
    major: 6,
    denies: true,
    parameters: { allowHostNetwork: false, minPort: 0, maxPort: 0 },
    why: 'no host network and no host port: workloads have no use for them, and no network policy covers them',
  }),
  pods({
    rule: 'host-namespaces',
    id: '47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8',
    major: 6,
    denies: true,
    why: 'no process and interprocess namespaces of the host',
  }),
  pods({
    rule: 'capabilities',
    id: 'c26596ff-4d70-4e6a-9a30-c2506bd2f80c',
    major: 6,
    denies: true,
    parameters: { allowedCapabilities: ['NET_BIND_SERVICE'], requiredDropCapabilities: ['ALL'] },
    why: 'ALL is dropped and at most NET_BIND_SERVICE added, as the standard «restricted» has it; the built-in initiative allows fourteen and asks for no drop',
  }),
  pods({
    rule: 'volumes',
    id: '16697877-1118-4fb1-9b65-9898ec2509ec',
    major: 5,
    denies: true,
    parameters: {
      allowedVolumeTypes: [
        'configMap',
        'csi',
        'downwardAPI',
        'emptyDir',
        'ephemeral',
        'persistentVolumeClaim',
        'projected',
        'secret',
      ],
    },
    why: 'the volume types of the standard «restricted»; no path of the host',
  }),
  pods({
    rule: 'users-and-groups',
    id: 'f06ddb64-5fa3-4b77-b166-acb36f7f6042',
    major: 6,
    denies: true,
    parameters: {
      runAsUserRule: 'MustRunAsNonRoot',
      runAsUserRanges: { ranges: [] },
      runAsGroupRule: 'MustRunAs',
      runAsGroupRanges: anyGroup,
      supplementalGroupsRule: 'MayRunAs',
      supplementalGroupsRanges: anyGroup,
      fsGroupRule: 'MayRunAs',
      fsGroupRanges: anyGroup,
    },
    why: 'a user that is not root and a group of its own, explicitly; fsGroup and further groups only where a volume needs them, and then not 0',
  }),
  pods({
    rule: 'seccomp',
    id: '975ce327-682c-4f2e-aa46-b9598289b86c',
    major: 7,
    denies: true,
    parameters: { allowedProfiles: ['runtime/default', 'docker/default'] },
    why: 'the profile of the container runtime, under both of its names',
  }),
  pods({
    rule: 'service-account-tokens',
    id: '423dd1ba-798e-40e4-9c4d-b6902674b423',
    major: 4,
    why: 'tokens are mounted only where a workload speaks to the API server; refused, controllers would stop working',
  }),
];
