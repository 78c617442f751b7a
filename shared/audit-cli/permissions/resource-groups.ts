/** The API groups of resources that Kubernetes has itself; the core group is empty. */
const known: Readonly<Record<string, readonly string[]>> = {
  '': [
    'bindings',
    'componentstatuses',
    'configmaps',
    'groups',
    'limitranges',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'pods',
    'podtemplates',
    'replicationcontrollers',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'services',
    'users',
  ],
  apps: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  batch: ['cronjobs', 'jobs'],
  autoscaling: ['horizontalpodautoscalers'],
  'networking.k8s.io': ['ingressclasses', 'ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
  'storage.k8s.io': ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments'],
  'certificates.k8s.io': ['certificatesigningrequests', 'signers'],
  'admissionregistration.k8s.io': [
    'mutatingadmissionpolicies',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingwebhookconfigurations',
  ],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'apiregistration.k8s.io': ['apiservices'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'scheduling.k8s.io': ['priorityclasses'],
};

/** In two groups at once. */
const inSeveral: Readonly<Record<string, readonly string[]>> = { events: ['', 'events.k8s.io'], endpoints: [''] };

const groupByName = new Map([
  ...Object.entries(known).flatMap(([group, names]) => names.map((name) => [name, [group]] as const)),
  ...Object.entries(inSeveral),
]);

/** What `pods/exec` or `deployments.apps` means: the resource, and its groups; undefined: whatever group has it. */
export function groupsOf(text: string): { readonly name: string; readonly groups: readonly string[] | undefined } {
  const [resource = '', subresource] = text.split('/');
  const dot = resource.indexOf('.');
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  const name = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { name, groups: dot < 0 ? groupByName.get(plural) : [resource.slice(dot + 1)] };
}
