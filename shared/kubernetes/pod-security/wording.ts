/** What each rule wants, and what to do where it is not met. */
export interface Wording {
  readonly wanted: string;
  readonly remedy: string;
}

const exemption = 'exempt the workload with an owner and a reason';

export const wordings: Readonly<Record<string, Wording>> = {
  hostNamespaces: {
    wanted: 'a pod must not share network, processes or memory with its node',
    remedy: `remove the field, or ${exemption}`,
  },
  privileged: {
    wanted: 'no container may be privileged',
    remedy: `give it only the capabilities that it needs, or ${exemption}`,
  },
  capabilities_baseline: {
    wanted: 'only harmless capabilities may be added',
    remedy: `remove what is not needed, or ${exemption}`,
  },
  hostPathVolumes: {
    wanted: 'no volume may be a folder of the node',
    remedy: `use a volume of another kind, or ${exemption}`,
  },
  hostPorts: {
    wanted: 'no container may take a port of the node',
    remedy: 'remove hostPort and use a Service',
  },
  hostProbesAndHostLifecycle: {
    wanted: 'probes and lifecycle hooks must call the pod itself',
    remedy: 'remove host',
  },
  appArmorProfile: {
    wanted: 'an AppArmor profile has to be RuntimeDefault or Localhost',
    remedy: 'use RuntimeDefault',
  },
  seLinuxOptions: {
    wanted: "SELinux options must keep to the containers' types and set neither user nor role",
    remedy: 'remove the field, or use the type container_t',
  },
  procMount: { wanted: '/proc has to be mounted with its masks', remedy: 'remove procMount' },
  procMount_restricted: { wanted: '/proc has to be mounted with its masks', remedy: 'remove procMount' },
  seccompProfile_baseline: {
    wanted: 'seccomp must not be switched off',
    remedy: 'use RuntimeDefault, or a Localhost profile for what it refuses',
  },
  seccompProfile_restricted: {
    wanted: 'a seccomp profile has to be named for the pod or each container',
    remedy: 'set seccompProfile.type of the pod to RuntimeDefault',
  },
  sysctls: {
    wanted: 'only safe kernel parameters may be set',
    remedy: `remove it, or ${exemption}`,
  },
  windowsHostProcess: {
    wanted: 'no container may run as a process of its Windows node',
    remedy: `remove hostProcess, or ${exemption}`,
  },
  restrictedVolumes: {
    wanted: 'volumes have to be of a kind that only reaches what belongs to the pod',
    remedy: 'use a persistent volume claim',
  },
  allowPrivilegeEscalation: {
    wanted: 'every container has to forbid privilege escalation',
    remedy: 'set allowPrivilegeEscalation to false',
  },
  runAsNonRoot: {
    wanted: 'the pod or each container has to demand a user that is not root',
    remedy: 'set runAsNonRoot to true once the image runs as a user with a number',
  },
  runAsUser: { wanted: 'nothing may run as user 0', remedy: 'name the user that the image declares' },
  capabilities_restricted: {
    wanted: 'every container has to drop ALL capabilities, in upper case, and may add NET_BIND_SERVICE only',
    remedy: 'set capabilities.drop to ["ALL"] and add nothing else',
  },
  'explicit-runAsUser': {
    wanted: 'the user of each container should be stated',
    remedy: 'name the user id that the image declares',
  },
  'explicit-runAsGroup': {
    wanted: 'the group of each container should be stated',
    remedy: 'name the group id that the image declares',
  },
  'explicit-fsGroup': {
    wanted: 'the group of the volumes should be stated',
    remedy: 'set fsGroup to the group that the containers run as; on large volumes the change takes long',
  },
  'explicit-capabilities': {
    wanted: 'every container should drop ALL capabilities, in upper case, and name those that it adds',
    remedy: 'set capabilities.drop to ["ALL"] and add what is needed',
  },
  'explicit-seLinuxOptions': {
    wanted: 'SELinux options should be stated',
    remedy: 'they count only on nodes with SELinux, so set them where such nodes are',
  },
};
