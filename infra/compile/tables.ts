import { streamOf, tables, type ColumnType } from '../../shared/core/tables';

/** Tables of the workspace and streams of the data collection rule, as the Bicep modules load them. */
export function tablesForBicep(): readonly object[] {
  return tables.map((table) => {
    const columns = Object.entries(table.columns).map(([name, type]) => ({ name, type }));
    return {
      name: table.name,
      description: table.description,
      columns: columns.map(({ name, type }) => ({ name, type: inTable(type) })),
      stream: streamOf(table),
      streamColumns: columns,
    };
  });
}

/** Log Analytics spells one type in its own way. */
function inTable(type: ColumnType): string {
  return type === 'datetime' ? 'dateTime' : type;
}
