import fc from 'fast-check';
import { bothRanges, cidrsOf, ipRangesFrom } from '../../shared/core/ip-ranges';
import { renderJson } from '../../shared/audit-cli/connections/render-json';
import { connectionView } from '../../shared/audit-cli/connections/view';
import { connectionsOf, connectionTexts, workloadText } from '../../shared/kubernetes/reachability/connections';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import { protocols, type Traffic } from '../../shared/kubernetes/reachability/traffic';
import { namespace, pod, policy } from '../kubernetes/network-given';

const labels = fc.record({ app: fc.constantFrom('a', 'b', 'c') });
const workload = fc.record({ space: fc.constantFrom('red', 'blue', 'green'), labels, onHost: fc.nat(5) });
const selector = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
);
const team = fc.constantFrom('red', 'blue').map((name) => ({ matchLabels: { team: name } }));
const peer = fc.oneof(
  selector.map((podSelector) => ({ podSelector })),
  fc.tuple(selector, team).map(([podSelector, namespaceSelector]) => ({ podSelector, namespaceSelector })),
  fc.constantFrom({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, { ipBlock: { cidr: '10.1.0.0/17' } }),
);
const port = fc.constantFrom({ port: 80 }, { port: 80, endPort: 90 }, { protocol: 'UDP', port: 53 });
const rules = (side: 'from' | 'to') =>
  fc.array(fc.record({ [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }), {
    maxLength: 2,
  });
const policies = fc.array(
  fc.record({
    space: fc.constantFrom('red', 'blue'),
    podSelector: selector,
    policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
    ingress: rules('from'),
    egress: rules('to'),
  }),
  { maxLength: 4 },
);

const cluster = fc
  .tuple(fc.array(workload, { maxLength: 9 }), policies)
  .map(([workloads, given]) => [
    ...['red', 'blue', 'green'].map((name) => namespace(name, { team: name })),
    ...workloads.map(({ space, labels, onHost }, at) =>
      pod(`${space}/p${at}`, labels, onHost === 0 ? { spec: { hostNetwork: true } } : {}),
    ),
    ...given.map(({ space, ...spec }, at) => policy(`${space}/n${at}`, spec)),
  ]);

interface Ports {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

interface Told {
  readonly connections: readonly { from: readonly string[]; to: readonly string[]; ports: readonly Ports[] }[];
  readonly outside: readonly {
    direction: string;
    addresses: readonly string[];
    workloads: readonly string[];
    ports: readonly Ports[];
  }[];
}

const portTexts = (ports: readonly Ports[]): string =>
  ports
    .map(({ protocol, first, last }) => `${protocol} ${first}-${last}`)
    .toSorted()
    .join();
const trafficPorts = (traffic: Traffic): string =>
  portTexts(
    protocols.flatMap((protocol) => traffic[protocol].map(({ from, to }) => ({ protocol, first: from, last: to - 1 }))),
  );

test('with no filter the JSON has every connection that the model says is open, each once, and no other', () => {
  fc.assert(
    fc.property(cluster, (objects) => {
      const told = JSON.parse(renderJson(connectionView(objects, {}), [])) as Told;
      const flat = told.connections.flatMap(({ from, to, ports }) =>
        from.flatMap((one) =>
          to.filter((other) => other !== one).map((other) => `${one} ${other} ${portTexts(ports)}`),
        ),
      );
      const open = [...connectionsOf(reachabilityOf(objects))]
        .filter(({ from, to }) => from.kind === 'workload' && to.kind === 'workload')
        .map((one) => `${connectionTexts(one).slice(0, 2).join(' ')} ${trafficPorts(one.traffic)}`);
      expect(flat.toSorted()).toEqual(open.toSorted());
    }),
  );
});

test('with no filter the JSON has every address that the model leaves open, and no other', () => {
  fc.assert(
    fc.property(cluster, (objects) => {
      const told = JSON.parse(renderJson(connectionView(objects, {}), [])) as Told;
      const model = reachabilityOf(objects);
      for (const one of model.workloads) {
        for (const direction of ['ingress', 'egress'] as const) {
          const lines = told.outside.filter(
            (line) => line.direction === direction && line.workloads.includes(workloadText(one)),
          );
          const found = lines.map(({ addresses, ports }) => [portTexts(ports), [...addresses]] as const);
          const byPorts = Map.groupBy(model.outside(one, direction), ({ traffic }) => trafficPorts(traffic));
          const open = [...byPorts].map(
            ([ports, openings]) => [ports, cidrsOf(bothRanges(...openings.map(spanOf)))] as const,
          );
          expect(new Map(found)).toEqual(new Map(open));
          expect(found).toHaveLength(open.length);
        }
      }
    }),
  );

  function spanOf({ first, last }: { readonly first: string; readonly last: string }) {
    const [from, to] = [ipRangesFrom(first)!, ipRangesFrom(last)!];
    return {
      v4: from.v4.map((one) => ({ from: one.from, to: to.v4[0]!.to })),
      v6: from.v6.map((one) => ({ from: one.from, to: to.v6[0]!.to })),
    };
  }
});

test('what is asked for closer is a part of the whole, and the parts together are the whole', () => {
  fc.assert(
    fc.property(cluster, (objects) => {
      const pairsOf = (asked: object): readonly string[] =>
        (JSON.parse(renderJson(connectionView(objects, asked), [])) as Told).connections.flatMap(
          ({ from, to, ports }) =>
            from.flatMap((one) =>
              to.filter((other) => other !== one).map((other) => `${one} ${other} ${portTexts(ports)}`),
            ),
        );
      const names = reachabilityOf(objects).workloads.map(workloadText);
      const whole = pairsOf({}).toSorted();
      expect(names.flatMap((from) => pairsOf({ from })).toSorted()).toEqual(whole);
      expect(names.flatMap((to) => pairsOf({ to })).toSorted()).toEqual(whole);
    }),
    { numRuns: 40 },
  );
});
