import { readPod } from '../../shared/kubernetes/pod-security/pod';
import { checksOf, failuresOf, minorOf } from '../../shared/kubernetes/pod-security/standard';
import { goodContainer, goodSpec, type Given } from './pods-given';

const failed = (spec: Given, level: 'baseline' | 'restricted', minor: number, annotations: Given = {}) =>
  failuresOf(readPod({ metadata: { annotations }, spec }), checksOf(level, minor));
const idsOf = (...given: Parameters<typeof failed>) => failed(...given).map(({ id }) => id);
const textOf = (id: string, ...given: Parameters<typeof failed>) => {
  const found = failed(...given).find((one) => one.id === id);
  return found === undefined ? undefined : `${found.reason} (${found.detail})`;
};
const container = (securityContext: Given, name = 'web'): Given => goodContainer({ name, securityContext });

const everyMinor = Array.from({ length: 38 }, (_, minor) => minor);

test.each(everyMinor)('a pod that sets everything right meets both levels of 1.%d', (minor) => {
  expect(idsOf(goodSpec(), 'baseline', minor)).toEqual([]);
  expect(idsOf(goodSpec(), 'restricted', minor)).toEqual([]);
});

test.each(everyMinor)('a pod that sets nothing meets baseline of 1.%d', (minor) => {
  expect(idsOf({ containers: [{ name: 'web' }] }, 'baseline', minor)).toEqual([]);
});

test.each<[string, Given, string]>([
  ['network', { hostNetwork: true }, 'host namespaces (hostNetwork=true)'],
  [
    'everything',
    { hostIPC: true, hostPID: true, hostNetwork: true },
    'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
  ],
])('a pod that shares the %s of its node fails hostNamespaces', (_, spec, text) => {
  expect(textOf('hostNamespaces', goodSpec(spec), 'baseline', 0)).toBe(text);
  expect(idsOf(goodSpec({ hostNetwork: false, hostPID: false, hostIPC: false }), 'baseline', 0)).toEqual([]);
});

test('privileged init, ordinary and ephemeral containers are named in that order', () => {
  const spec = goodSpec({
    containers: [container({ privileged: true }), container({ privileged: false }, 'calm')],
    initContainers: [container({ privileged: true }, 'setup')],
    ephemeralContainers: [container({ privileged: true }, 'debug')],
  });
  expect(textOf('privileged', spec, 'baseline', 37)).toBe(
    'privileged (containers "setup", "web", "debug" must not set securityContext.privileged=true)',
  );
});

test.each<[string, string, boolean]>([
  ['CHOWN', 'capabilities_baseline', true],
  ['NET_BIND_SERVICE', 'capabilities_baseline', true],
  ['NET_RAW', 'capabilities_baseline', false],
  ['chown', 'capabilities_baseline', false],
  ['SYS_ADMIN', 'capabilities_baseline', false],
  ['NET_BIND_SERVICE', 'capabilities_restricted', true],
  ['CHOWN', 'capabilities_restricted', false],
])('adding %s, asked of %s, is allowed: %s', (name, id, allowed) => {
  const spec = goodSpec({ containers: [container({ capabilities: { drop: ['ALL'], add: [name] } })] });
  const level = id === 'capabilities_baseline' ? 'baseline' : 'restricted';
  expect(idsOf(spec, level, 37).includes(id)).toBe(!allowed);
});

test.each<[string, Given]>([
  ['capabilities', { capabilities: {} }],
  ['a capability by name', { capabilities: { drop: ['NET_RAW'] } }],
  ['all in lower case', { capabilities: { drop: ['all'] } }],
])('a container that drops no more than %s fails restricted from 1.22 on', (_, securityContext) => {
  const spec = goodSpec({ containers: [container(securityContext)] });
  expect(idsOf(spec, 'restricted', 21)).toEqual([]);
  expect(textOf('capabilities_restricted', spec, 'restricted', 22)).toBe(
    'unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"])',
  );
});

test('a capability too many is told by baseline until restricted has a rule of its own', () => {
  const spec = goodSpec({ containers: [container({ capabilities: { drop: ['ALL'], add: ['SYS_TIME'] } })] });
  expect(idsOf(spec, 'restricted', 21)).toEqual(['capabilities_baseline']);
  expect(idsOf(spec, 'restricted', 22)).toEqual(['capabilities_restricted']);
  expect(textOf('capabilities_baseline', spec, 'baseline', 37)).toBe(
    'non-default capabilities (container "web" must not include "SYS_TIME" in securityContext.capabilities.add)',
  );
});

test('a folder of the node fails baseline by its own check and restricted by that of volumes', () => {
  const spec = goodSpec({ volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] });
  expect(textOf('hostPathVolumes', spec, 'baseline', 0)).toBe('hostPath volumes (volume "logs")');
  expect(idsOf(spec, 'restricted', 0)).toEqual(['restrictedVolumes']);
});

test.each([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])('a volume of the kind %s is allowed', (source) => {
  expect(idsOf(goodSpec({ volumes: [{ name: 'a', [source]: {} }] }), 'restricted', 37)).toEqual([]);
});

test.each([
  ['nfs', 'volume "a" uses restricted volume type "nfs"'],
  ['azureDisk', 'volume "a" uses restricted volume type "azureDisk"'],
  ['brandNew', 'volume "a" uses restricted volume type "unknown"'],
])('a volume of the kind %s is refused by restricted only', (source, detail) => {
  const spec = goodSpec({ volumes: [{ name: 'a', [source]: {} }] });
  expect(idsOf(spec, 'baseline', 37)).toEqual([]);
  expect(textOf('restrictedVolumes', spec, 'restricted', 37)).toBe(`restricted volume types (${detail})`);
});

test('a volume with only a name has no kind as it is stored, and one with an empty kind neither', () => {
  const spec = goodSpec({ volumes: [{ name: 'a' }, { name: 'b', emptyDir: null }] });
  expect(textOf('restrictedVolumes', spec, 'restricted', 0)).toBe(
    'restricted volume types (volumes "a", "b" use restricted volume type "unknown")',
  );
});

test('ports of the node are told sorted as texts, and 0 is none', () => {
  const ports = [{ hostPort: 9000 }, { hostPort: 80 }, { hostPort: 0 }, { containerPort: 443 }];
  const spec = goodSpec({
    containers: [goodContainer({ ports }), goodContainer({ name: 'b', ports: [{ hostPort: 8080 }] })],
  });
  expect(textOf('hostPorts', spec, 'baseline', 0)).toBe(
    'hostPort (containers "web", "b" use hostPorts 80, 8080, 9000)',
  );
});

test.each<[string, Given]>([
  ['liveness probe', { livenessProbe: { httpGet: { host: '10.0.0.1' } } }],
  ['readiness probe', { readinessProbe: { tcpSocket: { host: '10.0.0.1' } } }],
  ['startup probe', { startupProbe: { httpGet: { host: '10.0.0.1' } } }],
  ['hook after the start', { lifecycle: { postStart: { httpGet: { host: '10.0.0.1' } } } }],
  ['hook before the stop', { lifecycle: { preStop: { tcpSocket: { host: '10.0.0.1' } } } }],
])('a %s that calls a host fails from 1.34 on', (_, changes) => {
  const spec = goodSpec({ containers: [goodContainer(changes)] });
  expect(idsOf(spec, 'baseline', 33)).toEqual([]);
  expect(textOf('hostProbesAndHostLifecycle', spec, 'baseline', 34)).toBe(
    'probe or lifecycle host (container "web" uses probe or lifecycle host "10.0.0.1")',
  );
});

test.each<[string, Given, Given, string]>([
  [
    'field of the pod',
    { type: 'Unconfined' },
    {},
    'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
  ],
  [
    'annotation',
    { type: 'Localhost' },
    { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' },
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to ' +
      '"container.apparmor.security.beta.kubernetes.io/web="unconfined"")',
  ],
])('an AppArmor profile that is switched off by %s fails', (_, appArmorProfile, annotations, text) => {
  const spec = goodSpec({ securityContext: { appArmorProfile } });
  expect(textOf('appArmorProfile', spec, 'baseline', 0, annotations)).toBe(text);
});

test.each(['runtime/default', 'localhost/mine', ''])('the AppArmor annotation "%s" is allowed', (value) => {
  expect(idsOf(goodSpec(), 'baseline', 0, { 'container.apparmor.security.beta.kubernetes.io/web': value })).toEqual([]);
});

test('the SELinux type of container engines is allowed from 1.31 on', () => {
  const spec = goodSpec({ containers: [container({ seLinuxOptions: { type: 'container_engine_t' } })] });
  expect(textOf('seLinuxOptions', spec, 'baseline', 30)).toBe(
    'seLinuxOptions (container "web" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
  );
  expect(idsOf(spec, 'baseline', 31)).toEqual([]);
});

test('a user and a role of SELinux may not be set, even beside an allowed type', () => {
  const spec = goodSpec({ securityContext: { seLinuxOptions: { type: 'container_t', user: 'u', role: 'r' } } });
  expect(textOf('seLinuxOptions', spec, 'baseline', 37)).toBe(
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: user may not be set; role may not be set)',
  );
});

test('an unmasked /proc is allowed by baseline in a user namespace from 1.35 on, and by restricted never', () => {
  const spec = goodSpec({ hostUsers: false, containers: [container({ procMount: 'Unmasked' })] });
  expect(textOf('procMount', spec, 'baseline', 34)).toBe(
    'procMount (container "web" must not set securityContext.procMount to "Unmasked")',
  );
  expect(idsOf(spec, 'baseline', 35)).toEqual([]);
  expect(idsOf(spec, 'restricted', 34)).toEqual(['procMount']);
  expect(idsOf(spec, 'restricted', 35)).toEqual(['procMount_restricted']);
  expect(idsOf({ ...spec, hostUsers: true }, 'restricted', 35)).toEqual(['procMount_restricted']);
});

test('until 1.18 seccomp is asked of annotations, from 1.19 on of fields', () => {
  const annotations = {
    'seccomp.security.alpha.kubernetes.io/pod': 'docker/default',
    'container.seccomp.security.alpha.kubernetes.io/web': 'unconfined',
    'container.seccomp.security.alpha.kubernetes.io/nobody': 'unconfined',
  };
  expect(textOf('seccompProfile_baseline', goodSpec(), 'restricted', 18, annotations)).toBe(
    'seccompProfile (forbidden annotation container.seccomp.security.alpha.kubernetes.io/web="unconfined")',
  );
  expect(idsOf(goodSpec(), 'restricted', 19, annotations)).toEqual([]);
  const unconfined = goodSpec({ securityContext: { seccompProfile: { type: 'Unconfined' } } });
  expect(idsOf(unconfined, 'baseline', 18)).toEqual([]);
  expect(idsOf(unconfined, 'baseline', 19)).toEqual(['seccompProfile_baseline']);
  expect(idsOf(unconfined, 'restricted', 19)).toEqual(['seccompProfile_restricted']);
});

test('a container may have the seccomp profile that the pod lacks, and only those without one are named', () => {
  const profile = { seccompProfile: { type: 'Localhost', localhostProfile: 'mine' } };
  const spec = goodSpec({
    containers: [container(profile), container({}, 'bare')],
    securityContext: { seccompProfile: null },
  });
  expect(textOf('seccompProfile_restricted', spec, 'restricted', 37)).toBe(
    'seccompProfile (pod or container "bare" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
  expect(idsOf({ ...spec, containers: [container(profile)] }, 'restricted', 37)).toEqual([]);
});

test.each<[string, number]>([
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_notsent_lowat', 37],
])('the kernel parameter %s is safe from 1.%d on', (name, since) => {
  const spec = goodSpec({ securityContext: { sysctls: [{ name, value: '1' }] } });
  const safe = everyMinor.filter((minor) => idsOf(spec, 'baseline', minor).length === 0);
  expect(safe).toEqual(everyMinor.slice(since));
});

test('a kernel parameter that is not safe is named', () => {
  const spec = goodSpec({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } });
  expect(textOf('sysctls', spec, 'baseline', 37)).toBe('forbidden sysctls (kernel.msgmax)');
});

test('a process of the Windows node fails on the pod and on a container', () => {
  const windowsOptions = { hostProcess: true };
  const spec = goodSpec({ securityContext: { windowsOptions }, containers: [container({ windowsOptions })] });
  expect(textOf('windowsHostProcess', spec, 'baseline', 0)).toBe(
    'hostProcess (pod and container "web" must not set securityContext.windowsOptions.hostProcess=true)',
  );
});

test('escalation has to be forbidden from 1.8 on, except on Windows from 1.25 on', () => {
  const spec = goodSpec({ containers: [container({ allowPrivilegeEscalation: null })] });
  expect(idsOf(spec, 'restricted', 7)).toEqual([]);
  expect(textOf('allowPrivilegeEscalation', spec, 'restricted', 8)).toBe(
    'allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false)',
  );
  expect(idsOf({ ...spec, os: { name: 'windows' } }, 'restricted', 24)).toEqual(['allowPrivilegeEscalation']);
  expect(idsOf({ ...spec, os: { name: 'windows' } }, 'restricted', 25)).toEqual([]);
});

test('a pod of Windows needs no capabilities and no seccomp from 1.25 on, but a user that is not root', () => {
  const spec = { os: { name: 'windows' }, containers: [{ name: 'web' }] };
  expect(idsOf(spec, 'restricted', 24)).toEqual([
    'allowPrivilegeEscalation',
    'runAsNonRoot',
    'seccompProfile_restricted',
    'capabilities_restricted',
  ]);
  expect(idsOf(spec, 'restricted', 25)).toEqual(['runAsNonRoot']);
  expect(idsOf({ ...spec, os: {}, nodeSelector: { 'kubernetes.io/os': 'windows' } }, 'restricted', 25)).toHaveLength(4);
});

test.each<[string, Given, string | undefined]>([
  ['the pod', { securityContext: { runAsNonRoot: true } }, undefined],
  [
    'each container',
    { securityContext: { runAsNonRoot: null }, containers: [container({ runAsNonRoot: true })] },
    undefined,
  ],
  [
    'one of two containers',
    { securityContext: { runAsNonRoot: null }, containers: [container({ runAsNonRoot: true }), container({}, 'b')] },
    'runAsNonRoot != true (pod or container "b" must set securityContext.runAsNonRoot=true)',
  ],
  [
    'a container whose pod says no',
    { securityContext: { runAsNonRoot: false }, containers: [container({ runAsNonRoot: true })] },
    'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)',
  ],
  [
    'a pod whose container says no',
    { containers: [container({ runAsNonRoot: false })] },
    'runAsNonRoot != true (container "web" must not set securityContext.runAsNonRoot=false)',
  ],
])('a user that is not root, demanded by %s', (_, changes, text) => {
  expect(textOf('runAsNonRoot', goodSpec(changes), 'restricted', 0)).toBe(text);
});

test('user 0 is refused from 1.23 on, and from 1.35 on not in a user namespace', () => {
  const spec = goodSpec({ containers: [container({ runAsUser: 0 })] });
  expect(idsOf(spec, 'restricted', 22)).toEqual([]);
  expect(textOf('runAsUser', spec, 'restricted', 23)).toBe('runAsUser=0 (container "web" must not set runAsUser=0)');
  expect(idsOf({ ...spec, hostUsers: false }, 'restricted', 34)).toEqual(['runAsUser']);
  expect(idsOf({ ...spec, hostUsers: false }, 'restricted', 35)).toEqual([]);
  expect(idsOf({ ...spec, hostUsers: true }, 'restricted', 35)).toEqual(['runAsUser']);
});

test('in a user namespace root may be demanded from 1.35 on', () => {
  const spec = goodSpec({ hostUsers: false, securityContext: { runAsNonRoot: false } });
  expect(idsOf(spec, 'restricted', 34)).toEqual(['runAsNonRoot']);
  expect(idsOf(spec, 'restricted', 35)).toEqual([]);
});

test.each([
  ['1.31', 31],
  ['v1.31.4', 31],
  ['1.31+', 31],
  ['1.31.4-aks', 31],
  ['1.99', 37],
  ['2.0', 37],
  ['latest', 37],
  [undefined, 37],
])('the version %s is judged by the rules of 1.%d', (version, minor) => {
  expect(minorOf(version)).toBe(minor);
});

test.each(['', '31', '1', 'one.two', '0.9', '1.x', '-1.5', '1.31/../..'])('"%s" is no version', (version) => {
  expect(() => minorOf(version)).toThrow(/is not a version of Kubernetes/);
});
