import { inClusterControl } from '../kubernetes/in-cluster-control';
import { meshCertificates as judgement } from '../kubernetes/mesh-certificates/judge';

export const meshCertificates = inClusterControl(
  {
    title: 'The certificates of the mesh come from a formal authority',
    judges: [
      'Istio as an add-on: a plugged-in authority. Open Service Mesh: the provider in the arguments of its controller, and its MeshConfig. Cilium’s mutual authentication brings its own authority, and no other can be brought.',
      'The mesh takes only connections with a certificate: permissive modes, for the mesh, a namespace or a workload.',
      'Whose authority cannot be told, as that of a mesh that somebody brought, is unknown. Without a mesh there is nothing to judge.',
    ],
    severity: 'high',
    requirement: '12',
  },
  judgement,
);
