import { containersOf, failure, fieldIn, fieldOf, plural, quoted, settersOf, sorted, valuesOf } from './failure';
import type { Check, Field, Failure } from './failure';
import { objectIn, objectsIn, textIn, valueIn, type JsonObject } from './fields';
import { optionIn, scopes, type Container, type Pod } from './pod';

/** What the pod shares with its node. */
export const hostNamespaces: Check = (pod) => {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((key) => valueIn(pod.spec, key) === true);
  return failure(
    'host namespaces',
    shared.map((key) => ({ path: `spec.${key}`, found: true })),
    () => shared.map((key) => `${key}=true`).join(', '),
  );
};

export const hostPathVolumes: Check = (pod) => {
  const volumes = pod.volumes.filter((volume) => valueIn(volume, 'hostPath') !== undefined);
  const names = volumes.map((volume) => textIn(volume, 'name'));
  return failure(
    'hostPath volumes',
    names.map((name) => ({ path: `spec.volumes[${name}].hostPath`, found: '…' })),
    () => `${plural('volume', names.length)} ${quoted(names)}`,
  );
};

export const hostPorts: Check = (pod) =>
  failure('hostPort', pod.containers.flatMap(hostPortsOf), (fields) => {
    const ports = valuesOf(fields);
    return `${containersOf(fields)} ${uses(fields)} ${plural('hostPort', ports.length)} ${ports.join(', ')}`;
  });

function hostPortsOf(container: Container): readonly Field[] {
  return objectsIn(container.fields, 'ports').flatMap((port, at) => {
    const hostPort = valueIn(port, 'hostPort');
    return typeof hostPort === 'number' && hostPort !== 0
      ? [fieldIn(container, `ports[${at}].hostPort`, hostPort)]
      : [];
  });
}

export const hostProbesAndHostLifecycle: Check = (pod) =>
  failure('probe or lifecycle host', pod.containers.flatMap(probeHostsOf).toSorted(byContainer), probeDetail);

const byContainer = (one: Field, other: Field): number =>
  Number((one.container ?? '') > (other.container ?? '')) - Number((one.container ?? '') < (other.container ?? ''));

function probeDetail(fields: readonly Field[]): string {
  const names = sorted(fields.map(({ container }) => container ?? ''));
  const hosts = valuesOf(fields);
  const who = `${plural('container', names.length)} ${quoted(names)}`;
  return `${who} ${names.length === 1 ? 'uses' : 'use'} ${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`;
}

function probeHostsOf(container: Container): readonly Field[] {
  const lifecycle = objectIn(container.fields, 'lifecycle');
  const handlers: readonly (readonly [string, JsonObject])[] = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map(
      (key) => [key, objectIn(container.fields, key)] as const,
    ),
    ...['postStart', 'preStop'].map((key) => [`lifecycle.${key}`, objectIn(lifecycle, key)] as const),
  ];
  return handlers.flatMap(([path, handler]) =>
    ['httpGet', 'tcpSocket'].flatMap((action) => {
      const host = textIn(objectIn(handler, action), 'host');
      return host === '' ? [] : [fieldIn(container, `${path}.${action}.host`, host)];
    }),
  );
}

export const windowsHostProcess: Check = (pod) => hostProcess(pod);

function hostProcess(pod: Pod): Failure | undefined {
  const fields = scopes(pod)
    .filter((scope) => valueIn(optionIn(scope, 'windowsOptions') ?? {}, 'hostProcess') === true)
    .map((scope) => fieldOf(scope, 'windowsOptions.hostProcess', true));
  return failure(
    'hostProcess',
    fields,
    () => `${settersOf(fields)} must not set securityContext.windowsOptions.hostProcess=true`,
  );
}

const safeSysctls: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

/** The minor versions with which the list of safe kernel parameters grew. */
export const sysctlVersions: readonly number[] = safeSysctls.map(([since]) => since);

export function sysctlsSince(minor: number): Check {
  const safe = new Set(safeSysctls.filter(([since]) => since <= minor).flatMap(([, names]) => names));
  return (pod) => {
    const names = objectsIn(pod.securityContext, 'sysctls').map((sysctl) => textIn(sysctl, 'name'));
    const forbidden = names.filter((name) => !safe.has(name));
    return failure(
      'forbidden sysctls',
      forbidden.map((name) => ({ path: `spec.securityContext.sysctls[${name}]`, found: name })),
      () => forbidden.join(', '),
    );
  };
}

function uses(fields: readonly Field[]): string {
  return containersOf(fields).startsWith('container ') ? 'uses' : 'use';
}
