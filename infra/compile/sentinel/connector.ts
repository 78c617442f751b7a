import * as z from 'zod';

const query = z.strictObject({ metricName: z.string(), legend: z.string(), baseQuery: z.string() });
const instructionStep = z.strictObject({
  title: z.string(),
  description: z.string(),
  instructions: z.array(z.unknown()).optional(),
});
const resourceProvider = z.strictObject({
  provider: z.string(),
  permissionsDisplayText: z.string(),
  providerDisplayName: z.string(),
  scope: z.string(),
  requiredPermissions: z.record(z.string(), z.boolean()),
});

/** A file of `Data Connectors`, in the format of Azure-Sentinel's repository. */
export const connectorSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  publisher: z.string(),
  descriptionMarkdown: z.string(),
  graphQueries: z.array(query),
  sampleQueries: z.array(z.strictObject({ description: z.string(), query: z.string() })),
  dataTypes: z.array(z.strictObject({ name: z.string(), lastDataReceivedQuery: z.string() })),
  connectivityCriterias: z.array(z.strictObject({ type: z.literal('IsConnectedQuery'), value: z.array(z.string()) })),
  availability: z.strictObject({ status: z.int(), isPreview: z.boolean() }),
  permissions: z.strictObject({
    resourceProvider: z.array(resourceProvider),
    customs: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  }),
  instructionSteps: z.array(instructionStep),
});

export type Connector = z.infer<typeof connectorSchema>;

export const connectorIn = (text: string): Connector => connectorSchema.parse(JSON.parse(text));

/** As Microsoft.SecurityInsights/dataConnectorDefinitions has it. */
export function connectorDefinition(connector: Connector): {
  readonly name: string;
  readonly kind: string;
  readonly properties: object;
} {
  const { connectivityCriterias, dataTypes, graphQueries, instructionSteps, ...rest } = connector;
  const { id, title, publisher, descriptionMarkdown, availability, permissions } = rest;
  return {
    name: id,
    kind: 'Customizable',
    properties: {
      connectorUiConfig: {
        id,
        title,
        publisher,
        descriptionMarkdown,
        graphQueries,
        dataTypes,
        availability,
        permissions,
        connectivityCriteria: connectivityCriterias,
        instructionSteps: instructionSteps.map((step) => ({ instructions: [], ...step })),
      },
    },
  };
}
