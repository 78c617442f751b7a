/** A product whose ServiceAccount needs broad rights to do its work, and what of the catalogue that is. */
interface KnownController {
  readonly product: string;
  readonly accounts: readonly string[];
  /** Absent: whatever it is given. */
  readonly needs?: readonly string[];
  /** The public source of the need. */
  readonly source: string;
}

const known: readonly KnownController[] = [
  {
    product: 'Flux',
    accounts: ['kustomize-controller', 'helm-controller', 'source-controller'],
    source: 'https://fluxcd.io/flux/security/#controller-permissions',
  },
  {
    product: 'Argo CD',
    accounts: ['argocd-application-controller'],
    source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/security/#cluster-rbac',
  },
  {
    product: 'cert-manager',
    accounts: ['cert-manager', 'cert-manager-cainjector'],
    needs: [
      'secrets-read',
      'secrets-write',
      'webhooks',
      'apiservices-write',
      'csr-approve',
      'create-pods',
      'netpol-write',
    ],
    source: 'https://cert-manager.io/docs/',
  },
  {
    product: 'ingress-nginx',
    accounts: ['ingress-nginx', 'ingress-nginx-admission'],
    needs: ['secrets-read', 'secrets-write', 'webhooks'],
    source: 'https://kubernetes.github.io/ingress-nginx/deploy/rbac/',
  },
  {
    product: 'Secrets Store CSI driver',
    accounts: ['secrets-store-csi-driver'],
    needs: ['secrets-read', 'secrets-write'],
    source: 'https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret',
  },
  {
    product: 'kured',
    accounts: ['kured'],
    needs: ['nodes-write'],
    source: 'https://kured.dev/docs/',
  },
];

/** The product by whose name a ServiceAccount goes, when it is known to need all of these. */
export function controllerOf(account: string, ids: readonly string[]): string | undefined {
  const controller = known.find(({ accounts }) => accounts.includes(account));
  const needed = controller?.needs === undefined || ids.every((id) => controller.needs?.includes(id) === true);
  return needed ? controller?.product : undefined;
}
