import { keeperOf } from '../../shared/kubernetes/keepers';
import { given } from './given';

test.each([
  ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'apps is applied by GitOps'],
  ['Argo CD by a label', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'shop is applied by GitOps'],
  [
    'Argo CD by an annotation',
    { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:a/web' } },
    'shop is applied by GitOps',
  ],
  ['a release of Flux', { labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }, 'the Helm release web installs it'],
  ['Helm', { annotations: { 'meta.helm.sh/release-name': 'web' } }, 'the Helm release web installs it'],
  ['a chart', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, 'the Helm release thing installs it'],
  ['AKS', { labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } }, 'AKS keeps Deployment thing as it is'],
])('what %s keeps is to be changed in its source', (_, fields, text) => {
  expect(keeperOf(given('apps/v1', 'Deployment', 'thing', fields))).toContain(text);
});

test.each([
  ['without labels', {}],
  ['that AKS makes once', { labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists' } }],
  ['with labels of its own', { labels: { 'app.kubernetes.io/managed-by': 'us', 'argocd.argoproj.io/instance': '' } }],
])('of an object %s nothing is said', (_, fields) => {
  expect(keeperOf(given('apps/v1', 'Deployment', 'thing', fields))).toBeUndefined();
});
