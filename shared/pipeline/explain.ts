import type { AzureError } from '../core/errors';

/** What a person has to do, by ARM's error code. */
const advice: Readonly<Record<string, string>> = {
  authorizationfailed: 'grant the app the role that its deployment defines, and wait until it has spread',
  authorizationpermissionmismatch: 'grant the app the role Storage Blob Data Reader on the storage account',
  authorizationfailure:
    'let the app through the firewall of the storage account: by a private endpoint, or by a rule for the app’s subnet',
  clusterrolenotassigned: 'assign the role Steward cluster-reader to the app on the cluster or above it',
  clusterrolenotbound: 'apply infra/kubernetes/reader.yaml to the cluster, with the object id of the app’s identity',
  clustertokenrefused:
    'let the cluster trust the tenant of the subscription: its Entra ID integration names another one',
  clusterwithoutentra: 'turn on the Entra ID integration of the cluster; Steward takes no key of an administrator',
  clusterstopped: 'nothing while it is stopped: it is read when it runs',
  clusternotready: 'nothing: Steward tries again when it is made',
  clusternotreached:
    'give the app a way to the API server: integrate it with a network that reaches it and resolves its name (for a private cluster, one that is linked to its private DNS zone), and have its address among the authorised IP ranges where there are some',
  clusternottrusted: 'look who answers at that address: Steward sends its token only to the cluster that Azure names',
  toomanyobjects: 'have it judged from its manifests; what is not held at once is not judged in parts',
  linkedauthorizationfailed: 'grant the app the role that its deployment defines on the resource that is named too',
  requestdisallowedbypolicy:
    'have the owner of that policy allow it, or exempt the resource; Steward never works around a policy',
  scopelocked: 'remove the lock or exempt the resource',
  nsgflowlogcreationblocked: 'log the network instead: Azure makes no flow logs for network security groups any more',
  networkwatchercountlimitreached: 'nothing: the watcher that exists is used at the next try',
  retryableerrorduetoanotheroperation: 'nothing: another operation holds the resource, and Steward tries again',
  anotheroperationinprogress: 'nothing: another operation holds the resource, and Steward tries again',
  toomanyrequests: 'nothing: Steward tries again when Azure allows it',
  writebudgetspent: 'nothing: Steward goes on when it is this resource’s turn',
  subscriptionnotregistered: 'register the resource provider that is named in the subscription',
  missingsubscriptionregistration: 'register the resource provider that is named in the subscription',
  storageaccountalreadytaken: 'name an account of your own in the setting FLOW_LOG_STORAGE',
  readbackdiffers: 'look who else writes this resource',
};

/** What happened, in Azure's words, and what a person has to do. */
export function explain(error: AzureError): string {
  const known = advice[error.code.toLowerCase()] ?? (error.retryable ? 'nothing: Steward tries again' : undefined);
  const happened = `${error.code === '' ? 'no answer' : error.code}${error.status === 0 ? '' : ` (${error.status})`}: ${short(error.message)}`;
  return known === undefined ? happened : `${happened} → ${known}`;
}

/** Azure's longest refusal, of a right on another resource, names the right after two ids. */
const longest = 700;

function short(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
