import { parse } from 'yaml';
import * as z from 'zod';

/** A file of `Hunting Queries`. */
export const huntingSchema = z.strictObject({
  id: z.guid(),
  name: z.string(),
  version: z.string(),
  description: z.string(),
  requiredDataConnectors: z.array(z.strictObject({ connectorId: z.string(), dataTypes: z.array(z.string()) })),
  tactics: z.array(z.string()),
  relevantTechniques: z.array(z.string()),
  query: z.string(),
  entityMappings: z.array(
    z.strictObject({
      entityType: z.string(),
      fieldMappings: z.array(z.strictObject({ identifier: z.string(), columnName: z.string() })),
    }),
  ),
});

/** A file of `Parsers`. */
export const parserSchema = z.strictObject({
  id: z.guid(),
  Function: z.strictObject({ Title: z.string(), Version: z.string(), LastUpdated: z.string() }),
  Category: z.literal('Microsoft Sentinel Parser'),
  FunctionName: z.string(),
  FunctionAlias: z.string(),
  FunctionQuery: z.string(),
});

export type HuntingQuery = z.infer<typeof huntingSchema>;
export type Parser = z.infer<typeof parserSchema>;

export const huntingQueryIn = (text: string): HuntingQuery => huntingSchema.parse(parse(text));
export const parserIn = (text: string): Parser => parserSchema.parse(parse(text));

export interface SavedSearch {
  readonly name: string;
  readonly properties: object;
}

/** As Microsoft.OperationalInsights/workspaces/savedSearches has a function. */
export function parserFunction({ id, Function: { Title }, FunctionAlias, FunctionQuery }: Parser): SavedSearch {
  return {
    name: id,
    properties: {
      category: 'Microsoft Sentinel Parser',
      displayName: Title,
      query: FunctionQuery.trim(),
      functionAlias: FunctionAlias,
      functionParameters: '',
      version: 2,
    },
  };
}

/** As Microsoft Sentinel expects a hunting query among the saved searches. */
export function huntingSearch({
  id,
  name,
  description,
  query,
  tactics,
  relevantTechniques,
}: HuntingQuery): SavedSearch {
  return {
    name: id,
    properties: {
      category: 'Hunting Queries',
      displayName: name,
      query: query.trim(),
      version: 2,
      tags: [
        { name: 'description', value: description.trim() },
        { name: 'tactics', value: tactics.join(',') },
        { name: 'techniques', value: relevantTechniques.join(',') },
      ],
    },
  };
}
