import { infraChecks } from './bicep/checks';
import { findBicep } from './bicep/cli';
import { shapeComplaints } from './bicep/shape';
import type { Predicted } from './bicep/templates';

const bicep = findBicep();

test('the Bicep CLI is there where continuous integration runs', () => {
  if (bicep === undefined) {
    console.warn('The checks of infra/ did not run: there is no Bicep CLI, and no dotnet to restore it.');
  }
  expect(bicep !== undefined || process.env['CI'] !== 'true').toBe(true);
});

const where = bicep === undefined ? describe.skip : describe;

where('with the Bicep CLI', () => {
  test.each(infraChecks.map((check) => [check.name, check] as const))(
    '%s',
    (_, { complaints }) => {
      expect(complaints(bicep!)).toEqual([]);
    },
    300_000,
  );

  const topic: Predicted = {
    id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.EventGrid/systemTopics/t',
    type: 'Microsoft.EventGrid/systemTopics',
    name: 't',
    apiVersion: '2025-02-15',
    location: 'global',
    properties: { source: '/subscriptions/s', topicType: 'Microsoft.Resources.Subscriptions' },
  };

  test.each<readonly [string, Predicted, readonly string[]]>([
    ['a property that Azure does not know', { ...topic, properties: { ...topic.properties, sauce: 's' } }, ['BCP037']],
    ['a value of the wrong type', { ...topic, properties: { ...topic.properties, source: 1 } }, ['BCP036']],
    ['a type that Azure does not have', { ...topic, type: 'Microsoft.EventGrid/systemTopicz' }, ['BCP081']],
    ['no fault at all', topic, []],
  ])(
    'of a body the compiler sees %s',
    (_, body, codes) => {
      const found = shapeComplaints(bicep!, [body]);
      expect(found.map((line) => /BCP\d+/.exec(line)?.[0])).toEqual(codes);
    },
    60_000,
  );
});
