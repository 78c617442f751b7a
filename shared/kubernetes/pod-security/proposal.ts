import type { KubernetesObject } from '../object';
import { objectIn, textIn, valueIn, type JsonObject } from './fields';
import { readPod, type Container, type Pod } from './pod';
import type { PodProblem } from './problems';
import { remedyFor, type Broken, type Remedy } from './remedies';
import { wrongTypesOf } from './shape';
import { wordings } from './wording';
import { metadataOf, templatePathOf, type Workload } from './workloads';

/** The least that puts right what can be put right without a guess, and what a person has to decide. */
export interface Proposal {
  /** A patch for server-side apply, complete; none where nothing can be set safely. */
  readonly objects: readonly JsonObject[];
  /** What the patch changes and what to look at first, as sentences. */
  readonly effects: readonly string[];
  readonly decisions: readonly Decision[];
  /** Why no patch is written although there may be things that could be set. */
  readonly handsOff?: string;
}

export interface Decision {
  readonly path: string;
  readonly note: string;
}

/** What to change in the workload's own template. What only its pods have, as a sidecar that was put in, is not touched. */
export function proposalFor(workload: Workload, problems: readonly PodProblem[]): Proposal | undefined {
  if (problems.length === 0) return undefined;
  const { source, own } = workload;
  const handsOff = reasonForHandsOff(workload);
  if (handsOff !== undefined || source === undefined || own === undefined) return decisionsOnly(problems, handsOff);
  const pod = readPod(own.template);
  const steps = stepsFor(problems, own.prefix, pod);
  const changes = steps.filter((step): step is Change => 'set' in step.remedy);
  return {
    objects: changes.length === 0 ? [] : [patchOf(source, changes, pod)],
    effects: changes.length === 0 ? [] : [...effectsOf(changes), ...cautionsFor(source)],
    decisions: steps.flatMap(({ path, remedy }) => ('decide' in remedy ? [{ path, note: remedy.decide }] : [])),
  };
}

function decisionsOnly(problems: readonly PodProblem[], handsOff: string | undefined): Proposal {
  const decisions = problems.flatMap(({ rule, fields }) =>
    fields.map(({ path }) => ({ path, note: wordings[rule]?.remedy ?? 'change it' })),
  );
  return { objects: [], effects: [], decisions, ...(handsOff !== undefined && { handsOff }) };
}

/** Why no patch is written at all. */
function reasonForHandsOff({ object, source, own }: Workload): string | undefined {
  if (source === undefined || own === undefined)
    return `the template is not known: change it where ${object.kind} is defined`;
  if (textIn(metadataOf(source), 'name') === '') return 'it has no name to patch';
  if (wrongTypesOf(own.template).length > 0) return 'an API server refuses the template as it is';
  const pod = readPod(own.template);
  const names = new Set(pod.containers.map(({ name }) => name));
  if (names.has('') || names.size < pod.containers.length)
    return 'its containers need a name each, by which they are patched';
  if (isForWindows(pod)) return 'it is for Windows, where other fields count';
  if (isOfChart(source)) return "it is a hook of a Helm chart: change the chart's values";
  return source.kind === 'DaemonSet' && reachesNode(pod)
    ? 'it is an agent of the nodes: it needs an owner, a reason and an exemption rather than a patch'
    : undefined;
}

function isForWindows(pod: Pod): boolean {
  return pod.isWindows || textIn(objectIn(pod.spec, 'nodeSelector'), 'kubernetes.io/os') === 'windows';
}

function isOfChart(source: KubernetesObject): boolean {
  return valueIn(objectIn(metadataOf(source), 'annotations'), 'helm.sh/hook') !== undefined;
}

function reachesNode(pod: Pod): boolean {
  const isShared = ['hostNetwork', 'hostPID', 'hostIPC'].some((key) => valueIn(pod.spec, key) === true);
  const isPrivileged = pod.containers.some(({ securityContext }) => valueIn(securityContext, 'privileged') === true);
  return isShared || isPrivileged || pod.volumes.some((volume) => valueIn(volume, 'hostPath') !== undefined);
}

interface Step {
  readonly path: string;
  readonly container?: Container;
  readonly remedy: Remedy;
}

interface Change extends Step {
  readonly remedy: Extract<Remedy, { set: JsonObject }>;
}

function stepsFor(problems: readonly PodProblem[], prefix: string, pod: Pod): readonly Step[] {
  const byPath = new Map(pod.containers.map((container) => [`${prefix}${container.path}`, container]));
  return problems
    .flatMap(({ rule, fields }) => fields.map((field) => ({ rule, field })))
    .filter(({ field }) => field.path.startsWith(`${prefix}spec.`) || field.path.startsWith(`${prefix}metadata.`))
    .map(({ rule, field }) => {
      const container = byPath.get(field.path.slice(0, field.path.indexOf(']', prefix.length) + 1));
      const broken: Broken = { rule, field, pod, ...(container !== undefined && { container }) };
      return { path: field.path, ...(container !== undefined && { container }), remedy: remedyFor(broken) };
    });
}

function effectsOf(changes: readonly Change[]): readonly string[] {
  const byEffect = Map.groupBy(changes, ({ remedy }) => `${remedy.on} ${remedy.effect}`);
  return [...byEffect.values()].map((group) => {
    const [first] = group;
    if (first?.remedy.on === 'pod') return `every container ${first.remedy.effect}`;
    const names = group.flatMap(({ container }) => (container === undefined ? [] : [container.name]));
    return `${shortened(names)}: ${first?.remedy.effect ?? ''}`;
  });
}

const MOST_NAMED = 10;

function shortened(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function cautionsFor(source: KubernetesObject): readonly string[] {
  const labels = objectIn(metadataOf(source), 'labels');
  const [flux, argo] = [
    textIn(labels, 'kustomize.toolkit.fluxcd.io/name'),
    textIn(labels, 'argocd.argoproj.io/instance'),
  ];
  const operator = flux === '' ? argo : flux;
  return [
    ...(operator === ''
      ? []
      : [`${operator} is applied by GitOps: make the change in its repository, or it is undone`]),
    ...(source.kind === 'Pod' || source.kind === 'Job'
      ? [`a ${source.kind} cannot be changed while it exists: delete it and create it with the change`]
      : []),
  ];
}

/** Only what changes, and the keys by which server-side apply finds it: a container's name. */
function patchOf(source: KubernetesObject, changes: readonly Change[], pod: Pod): JsonObject {
  const metadata = metadataOf(source);
  const namespace = textIn(metadata, 'namespace');
  const head: JsonObject = {
    apiVersion: source.apiVersion,
    kind: source.kind,
    metadata: { name: textIn(metadata, 'name'), ...(namespace !== '' && { namespace }) },
  };
  const spec: JsonObject = { ...podChanges(changes), ...containerChanges(changes, pod) };
  return { ...head, ...nested([...templatePathOf(source), 'spec'], spec) };
}

function nested(path: readonly string[], value: JsonObject): JsonObject {
  return path.reduceRight<JsonObject>((inner, key) => ({ [key]: inner }), value);
}

function podChanges(changes: readonly Change[]): JsonObject {
  const ofPod = changes.filter(({ remedy }) => remedy.on === 'pod');
  return ofPod.length === 0 ? {} : { securityContext: merged(ofPod) };
}

function containerChanges(changes: readonly Change[], pod: Pod): JsonObject {
  const byContainer = Map.groupBy(
    changes.filter(({ remedy }) => remedy.on === 'container'),
    ({ container }) => container,
  );
  const changed = pod.containers.flatMap((container) => {
    const own = byContainer.get(container);
    return own === undefined
      ? []
      : [{ list: listOf(container), patch: { name: container.name, securityContext: merged(own) } }];
  });
  const byList = Map.groupBy(changed, ({ list }) => list);
  return Object.fromEntries([...byList].map(([list, entries]) => [list, entries.map(({ patch }) => patch)]));
}

function merged(changes: readonly Change[]): JsonObject {
  return Object.fromEntries(changes.flatMap(({ remedy }) => Object.entries(remedy.set)));
}

const listOf = ({ path }: Container): string => path.slice('spec.'.length, path.indexOf('['));
