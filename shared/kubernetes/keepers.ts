import type { KubernetesObject } from './object';

/** What keeps an object as it wants it, so that a change made in the cluster is undone, as a sentence; undefined: nothing is known. */
export function keeperOf({ kind, metadata }: KubernetesObject): string | undefined {
  const marks = { ...metadata.annotations, ...metadata.labels };
  const mark = (...names: readonly string[]): string | undefined => names.map((name) => marks[name]).find(isText);
  const operator = mark('kustomize.toolkit.fluxcd.io/name', 'argocd.argoproj.io/instance');
  if (operator !== undefined) return appliedByGitOps(operator);
  const tracking = mark('argocd.argoproj.io/tracking-id');
  if (tracking !== undefined) return appliedByGitOps(tracking.split(':')[0] ?? tracking);
  const release = mark('helm.toolkit.fluxcd.io/name', 'meta.helm.sh/release-name');
  if (release !== undefined) return installedByHelm(release);
  if (mark('app.kubernetes.io/managed-by') === 'Helm')
    return installedByHelm(mark('app.kubernetes.io/instance') ?? metadata.name ?? '');
  return mark('addonmanager.kubernetes.io/mode') === 'Reconcile'
    ? `AKS keeps ${kind} ${metadata.name ?? ''} as it is: what is changed there is undone`
    : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const appliedByGitOps = (operator: string): string =>
  `${operator} is applied by GitOps: make the change in its repository, or it is undone`;

const installedByHelm = (release: string): string =>
  `the Helm release ${release} installs it: make the change in the values of its chart, or the next upgrade may undo it`;
