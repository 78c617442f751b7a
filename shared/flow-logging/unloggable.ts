import type { Subnet } from './types';

/** Services whose traffic flow logs do not see (Network Watcher: virtual network flow logs, unsupported scenarios). */
const unsupported: Readonly<Record<string, string>> = {
  'microsoft.containerinstance/containergroups': 'Container Instances',
  'microsoft.app/environments': 'Container Apps and Functions',
  'microsoft.web/serverfarms': 'App Service, Functions and Logic Apps',
  'microsoft.web/hostingenvironments': 'App Service Environment',
  'microsoft.logic/integrationserviceenvironments': 'Logic Apps',
  'microsoft.network/dnsresolvers': 'DNS Private Resolver',
  'microsoft.dbformysql/flexibleservers': 'Azure Database for MySQL',
  'microsoft.dbformysql/servers': 'Azure Database for MySQL',
  'microsoft.dbformysql/serversv2': 'Azure Database for MySQL',
  'microsoft.dbformariadb/servers': 'Azure Database for MariaDB',
  'microsoft.dbforpostgresql/flexibleservers': 'Azure Database for PostgreSQL',
  'microsoft.dbforpostgresql/serversv2': 'Azure Database for PostgreSQL',
  'microsoft.sql/managedinstances': 'SQL Managed Instance',
  'microsoft.netapp/volumes': 'Azure NetApp Files',
  'microsoft.powerplatform/enterprisepolicies': 'Power Platform',
  'microsoft.powerplatform/vnetaccesslinks': 'Power Platform',
};

/** Why a subnet cannot be logged, or undefined when it can. */
export function unloggableBecause(subnet: Subnet): string | undefined {
  const services = (subnet.properties?.delegations ?? []).map((delegation) => delegation.properties?.serviceName ?? '');
  const service = services.map((name) => unsupported[name.toLowerCase()]).find((name) => name !== undefined);
  return service === undefined ? undefined : `${subnet.name} belongs to ${service}, whose traffic flow logs do not see`;
}
