import { inClusterControl } from '../kubernetes/in-cluster-control';
import { ingressCertificates as judgement } from '../kubernetes/ingress-certificates/judge';

export const ingressCertificates = inClusterControl(
  {
    title: 'Every Ingress shows a certificate of its own for each host',
    judges: [
      'Each Ingress and Gateway: every host is covered by an entry that names its own certificate; hosts with wildcards and rules without a host answer for more than one name.',
      'No controller has a default certificate that answers for all the others, nor does the add-on for application routing.',
      'Where a certificate comes from is told by Certificates of cert-manager and by SecretProviderClasses, never by Secrets.',
      'Controllers that are not maintained any more.',
    ],
    severity: 'high',
    requirement: '13',
  },
  judgement,
);
