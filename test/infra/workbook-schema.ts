import * as z from 'zod';

const workspaces = z.literal('microsoft.operationalinsights/workspaces');
const timeContext = z.strictObject({ durationMs: z.int().positive() });

const text = z.strictObject({
  type: z.literal(1),
  content: z.strictObject({ json: z.string() }),
  name: z.string(),
});

const timeRange = z.strictObject({
  id: z.guid(),
  version: z.literal('KqlParameterItem/1.0'),
  name: z.string(),
  label: z.string(),
  type: z.literal(4),
  isRequired: z.literal(true),
  typeSettings: z.strictObject({ selectableValues: z.array(timeContext), allowCustom: z.boolean() }),
  value: timeContext,
});

const dropDown = z.strictObject({
  id: z.guid(),
  version: z.literal('KqlParameterItem/1.0'),
  name: z.string(),
  label: z.string(),
  type: z.literal(2),
  isRequired: z.literal(true),
  multiSelect: z.literal(true),
  quote: z.literal("'"),
  delimiter: z.literal(','),
  query: z.string(),
  typeSettings: z.strictObject({
    additionalResourceOptions: z.array(z.literal('value::all')),
    selectAllValue: z.literal('*'),
    showDefault: z.literal(false),
  }),
  timeContextFromParameter: z.string(),
  queryType: z.literal(0),
  resourceType: workspaces,
  value: z.array(z.literal('value::all')),
});

const parameters = z.strictObject({
  type: z.literal(9),
  content: z.strictObject({
    version: z.literal('KqlParameterItem/1.0'),
    parameters: z.array(z.discriminatedUnion('type', [timeRange, dropDown])),
    style: z.enum(['pills', 'above']),
    queryType: z.literal(0),
    resourceType: workspaces,
  }),
  name: z.string(),
});

const query = z.strictObject({
  type: z.literal(3),
  content: z.strictObject({
    version: z.literal('KqlItem/1.0'),
    query: z.string(),
    size: z.int(),
    title: z.string(),
    noDataMessage: z.string(),
    showExportToExcel: z.boolean(),
    queryType: z.literal(0),
    resourceType: workspaces,
    visualization: z.enum(['table', 'barchart', 'timechart']),
    timeContext: timeContext.optional(),
    timeContextFromParameter: z.string().optional(),
    gridSettings: z.strictObject({ rowLimit: z.int(), filter: z.boolean() }).optional(),
  }),
  customWidth: z.string().optional(),
  name: z.string(),
});

/** Of Azure Monitor's workbooks, what ours uses. */
export const workbookSchema = z.strictObject({
  version: z.literal('Notebook/1.0'),
  items: z.array(z.discriminatedUnion('type', [text, parameters, query])),
  styleSettings: z.strictObject({}),
  $schema: z.literal('https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json'),
});

export const workbookIn = (source: string): z.infer<typeof workbookSchema> => workbookSchema.parse(JSON.parse(source));
