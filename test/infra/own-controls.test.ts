import { nsgRules } from '../../shared/controls/nsg-rules';
import { judgementOf } from '../../shared/core/judgement';
import { same, type Resource } from '../../shared/core/resource';
import { reasonOf } from '../../shared/core/verdict';
import { inventoryOf, settings } from '../given';
import { predictedBy } from './bicep/checks';
import { findBicep } from './bicep/cli';

const bicep = findBicep();
const where = bicep === undefined ? test.skip : test;

interface Network {
  readonly subnets?: readonly {
    readonly name: string;
    readonly properties: { readonly networkSecurityGroup?: { id: string } };
  }[];
}

/** As Azure shows them once they are there: subnets have ids, and a group tells which of them it serves. */
function deployed(): readonly Resource[] {
  const predicted = predictedBy(bicep!, 'test/infra/params/everything.bicepparam').filter(({ id }) =>
    id.startsWith('/'),
  );
  const resources = predicted.map((one) => ({ ...one, name: one.name.split('/').at(-1) ?? '' }) as Resource);
  const networks = resources.filter(({ type }) => same(type, 'Microsoft.Network/virtualNetworks'));
  const subnets = networks.flatMap(({ id, properties }) =>
    ((properties as Network).subnets ?? []).map((subnet) => ({ ...subnet, id: `${id}/subnets/${subnet.name}` })),
  );
  return resources.map((one) => {
    if (same(one.type, 'Microsoft.Network/virtualNetworks'))
      return { ...one, properties: { ...(one.properties as object), subnets } };
    if (!same(one.type, 'Microsoft.Network/networkSecurityGroups')) return one;
    const served = subnets.filter(({ properties }) => same(properties.networkSecurityGroup?.id, one.id));
    return { ...one, properties: { ...(one.properties as object), subnets: served.map(({ id }) => ({ id })) } };
  });
}

where(
  'the network that Steward deploys for itself is right by its own control',
  () => {
    const all = deployed();
    const subjects = all.filter(({ type }) => nsgRules.subjects.some((one) => same(one, type)));
    const said = subjects.map((subject) => {
      const { verdict, aspects = [] } = judgementOf(nsgRules, subject, inventoryOf(all), settings);
      const wrong = aspects.filter((aspect) => ['violation', 'unknown'].includes(aspect.verdict.state));
      return [
        subject.name.replace(/-[a-z0-9]{13}/, ''),
        verdict.state,
        ...wrong.map((aspect) => reasonOf(aspect.verdict)),
      ];
    });
    expect(said.toSorted()).toEqual([
      ['vnet-steward', 'compliant'],
      ['vnet-steward-app-nsg', 'compliant'],
      ['vnet-steward-private-endpoints-nsg', 'compliant'],
    ]);
  },
  60_000,
);
