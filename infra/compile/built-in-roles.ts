/** A role of Azure's that the app holds besides those that are made for it. */
export interface BuiltInRole {
  readonly key: string;
  readonly name: string;
  readonly id: string;
  /** What it is assigned on. */
  readonly on: 'hostStorage' | 'dataCollectionRule' | 'applicationInsights' | 'flowLogStorage';
  readonly why: string;
}

/** What nobody but the data of a service asks for: actions of data have built-in roles (Azure built-in roles). */
export const builtInRoles: readonly BuiltInRole[] = [
  {
    key: 'hostBlobs',
    name: 'Storage Blob Data Owner',
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    on: 'hostStorage',
    why: 'the Functions host asks for it on its own storage; the ledger and the file of exemptions are there as well',
  },
  {
    key: 'hostQueues',
    name: 'Storage Queue Data Contributor',
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    on: 'hostStorage',
    why: 'the queue of scopes and its poison queue are made, filled and emptied',
  },
  {
    key: 'hostTables',
    name: 'Storage Table Data Contributor',
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    on: 'hostStorage',
    why: 'findings, runs, locks, budgets and breakers are tables',
  },
  {
    key: 'ingestion',
    name: 'Monitoring Metrics Publisher',
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    on: 'dataCollectionRule',
    why: 'rows are sent to the Logs Ingestion API',
  },
  {
    key: 'telemetry',
    name: 'Monitoring Metrics Publisher',
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    on: 'applicationInsights',
    why: 'Application Insights takes nothing but tokens',
  },
  {
    key: 'flowLogBlobs',
    name: 'Storage Blob Data Reader',
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    on: 'flowLogStorage',
    why: 'whether a flow log writes is seen in the list of its blobs; a condition keeps their content from being read',
  },
];
