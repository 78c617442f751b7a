import { docs, practices, write, change, writeOrDelete, proxied, namespaced, clusterWide, both } from './grants';
import type { Risk } from './risk';

const admission = 'admissionregistration.k8s.io';

/** By which rules of the cluster, its network or its traces change. */
export const clusterRisks: readonly Risk[] = [
  {
    id: 'portforward',
    may: 'open tunnels to pods, past the network policies',
    grade: 'medium',
    grants: namespaced('', ['pods/portforward'], ['create', 'get']),
    instead: 'grant it in the namespaces of the application, for the time that it is needed',
    source: `${docs}/tasks/access-application-cluster/port-forward-access-application-cluster/`,
  },
  {
    id: 'pod-service-proxy',
    may: 'reach pods and services through the API server, past the network policies',
    grade: 'medium',
    grants: namespaced('', ['pods/proxy', 'services/proxy'], proxied),
    instead: 'take the proxy subresources away',
    source: `${docs}/tasks/access-application-cluster/access-cluster-services/`,
  },
  {
    id: 'webhooks',
    may: 'change admission control',
    grade: 'critical',
    grants: clusterWide(
      admission,
      [
        'validatingwebhookconfigurations',
        'mutatingwebhookconfigurations',
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
        'mutatingadmissionpolicies',
        'mutatingadmissionpolicybindings',
      ],
      writeOrDelete,
    ),
    instead: 'name its own configuration in resourceNames',
    source: `${practices}#control-admission-webhooks`,
  },
  {
    id: 'apiservices-write',
    may: 'take over an API group',
    grade: 'high',
    grants: clusterWide('apiregistration.k8s.io', ['apiservices'], write),
    instead: 'name its own API service in resourceNames',
    source: `${docs}/concepts/extend-kubernetes/api-extension/apiserver-aggregation/`,
  },
  {
    id: 'namespace-relabel',
    may: 'change the labels of namespaces, and so Pod Security and network policies',
    grade: 'high',
    grants: both('', ['namespaces'], change),
    instead: 'take update and patch on namespaces away',
    source: `${practices}#namespace-modification`,
  },
  {
    id: 'service-status',
    may: 'write the status of services, and so take over addresses',
    grade: 'medium',
    grants: namespaced('', ['services/status'], change),
    instead: 'leave services/status to the controller of the load balancer',
    source: 'https://github.com/kubernetes/kubernetes/issues/97076',
  },
  {
    id: 'endpoints-edit',
    may: 'redirect the traffic of services (endpoints)',
    grade: 'medium',
    grants: [...namespaced('', ['endpoints'], write), ...namespaced('discovery.k8s.io', ['endpointslices'], write)],
    instead: 'leave endpoints to their controllers',
    source: 'https://github.com/kubernetes/kubernetes/issues/103675',
  },
  {
    id: 'netpol-write',
    may: 'open the network (network policies, Ingresses)',
    grade: 'high',
    grants: namespaced('networking.k8s.io', ['networkpolicies', 'ingresses'], writeOrDelete),
    instead: 'grant it to those who own the network, apart from those who deploy',
    source: `${docs}/concepts/services-networking/network-policies/`,
  },
  {
    id: 'configmap-coredns',
    may: 'change the DNS of the cluster (ConfigMaps of kube-system)',
    grade: 'medium',
    onlyIn: 'kube-system',
    grants: namespaced('', ['configmaps'], change),
    instead: 'grant ConfigMaps in its own namespaces',
    source: `${docs}/tasks/administer-cluster/dns-custom-nameservers/`,
  },
  {
    id: 'events-delete',
    may: 'delete events, and so traces',
    grade: 'medium',
    grants: [
      ...namespaced('', ['events'], ['delete', 'deletecollection']),
      ...namespaced('events.k8s.io', ['events'], ['delete', 'deletecollection']),
    ],
    instead: 'take delete on events away: they expire by themselves',
    source: `${docs}/reference/kubernetes-api/cluster-resources/event-v1/`,
  },
];
