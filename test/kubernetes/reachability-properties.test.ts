import fc from 'fast-check';
import { ipRangesFrom, isWithinRanges, type IpRanges } from '../../shared/core/ip-ranges';
import type { KubernetesObject } from '../../shared/kubernetes/object';
import { reachabilityOf } from '../../shared/kubernetes/reachability/reachability';
import {
  bothTraffics,
  commonTraffic,
  isWithinTraffic,
  portsOf,
  protocols,
  trafficWithout,
  type Traffic,
} from '../../shared/kubernetes/reachability/traffic';
import { listening, namespace, pod, policy } from './network-given';

/** Ranges of a few addresses each, so that every one can be tried. */
const smallCidr = fc
  .tuple(fc.nat(63), fc.integer({ min: 26, max: 32 }))
  .map(([low, length]) => `10.0.0.${low}/${length}`);
const everySmall = Array.from({ length: 64 }, (_, low) => 0x0a000000 + low);
const holds = ({ v4 }: IpRanges, address: number) => v4.some(({ from, to }) => from <= address && address < to);

const span = fc.tuple(fc.constantFrom(...protocols), fc.integer({ min: 1, max: 30 }), fc.nat(6));
const traffic = fc
  .array(span, { maxLength: 5 })
  .map((spans) => bothTraffics(...spans.map(([protocol, first, more]) => portsOf(protocol, first, first + more))));
const isOpen = (open: Traffic, protocol: (typeof protocols)[number], port: number) =>
  open[protocol].some(({ from, to }) => from <= port && port < to);

test('sets of ports hold what each port says on its own', () => {
  fc.assert(
    fc.property(traffic, traffic, (a, b) => {
      const ports = protocols.flatMap((protocol) => Array.from({ length: 40 }, (_, port) => [protocol, port] as const));
      for (const [protocol, port] of ports) {
        const [inA, inB] = [isOpen(a, protocol, port), isOpen(b, protocol, port)];
        expect(isOpen(bothTraffics(a, b), protocol, port)).toBe(inA || inB);
        expect(isOpen(commonTraffic(a, b), protocol, port)).toBe(inA && inB);
        expect(isOpen(trafficWithout(a, b), protocol, port)).toBe(inA && !inB);
      }
      expect(isWithinTraffic(a, b)).toBe(
        ports.every(([protocol, port]) => !isOpen(a, protocol, port) || isOpen(b, protocol, port)),
      );
    }),
  );
});

interface SmallRule {
  readonly app: string | undefined;
  readonly team: string | undefined;
  readonly port: number | undefined;
}

interface SmallPolicy {
  readonly space: string;
  readonly app: string | undefined;
  readonly types: readonly ('Ingress' | 'Egress')[];
  readonly rules: readonly SmallRule[];
}

const maybe = (...values: readonly string[]) => fc.constantFrom(undefined, ...values);
const smallRule: fc.Arbitrary<SmallRule> = fc.record({
  app: maybe('a', 'b'),
  team: maybe('red', 'blue'),
  port: fc.constantFrom(undefined, 80, 443),
});
const smallPolicy: fc.Arbitrary<SmallPolicy> = fc.record({
  space: fc.constantFrom('red', 'blue'),
  app: maybe('a', 'b'),
  types: fc.constantFrom(['Ingress'] as const, ['Egress'] as const, ['Ingress', 'Egress'] as const),
  rules: fc.array(smallRule, { maxLength: 2 }),
});

const chosen = (label: string, value: string | undefined) =>
  value === undefined ? {} : { matchLabels: { [label]: value } };

/** Without a team: the policy's own namespace. */
function written({ space, app, types, rules }: SmallPolicy, index: number): KubernetesObject {
  const written = (side: 'from' | 'to') =>
    rules.map(({ app, team, port }) => ({
      [side]: [
        { podSelector: chosen('app', app), ...(team === undefined ? {} : { namespaceSelector: chosen('team', team) }) },
      ],
      ...(port === undefined ? {} : { ports: [{ port }] }),
    }));
  return policy(`${space}/p${index}`, {
    podSelector: chosen('app', app),
    policyTypes: types,
    ...(types.includes('Ingress') ? { ingress: written('from') } : {}),
    ...(types.includes('Egress') ? { egress: written('to') } : {}),
  });
}

interface Place {
  readonly space: string;
  readonly app: string;
}

/** One connection, worked out alone from the rules of Kubernetes. */
function allowed(
  policies: readonly SmallPolicy[],
  type: 'Ingress' | 'Egress',
  own: Place,
  peer: Place,
  port: number,
): boolean {
  const isolating = policies.filter(
    ({ space, app, types }) => space === own.space && (app === undefined || app === own.app) && types.includes(type),
  );
  if (isolating.length === 0) return true;
  return isolating.some(({ space, rules }) =>
    rules.some(
      (rule) =>
        (rule.app === undefined || rule.app === peer.app) &&
        (rule.team ?? space) === peer.space &&
        (rule.port === undefined || rule.port === port),
    ),
  );
}

test('every connection between pods is open exactly when each rule on its own says so', () => {
  const places = ['red', 'blue'].flatMap((space) => ['a', 'b', 'c'].map((app) => ({ space, app })));
  fc.assert(
    fc.property(fc.array(smallPolicy, { maxLength: 5 }), (policies) => {
      const model = reachabilityOf([
        ...['red', 'blue'].map((space) => namespace(space, { team: space })),
        ...places.map(({ space, app }) => pod(`${space}/${app}`, { app }, listening({ containerPort: 80 }))),
        ...policies.map(written),
      ]);
      const workload = ({ space, app }: Place) =>
        model.workloads.find((one) => one.namespace === space && one.name === app)!;
      for (const [from, to] of places.flatMap((from) => places.map((to) => [from, to] as const))) {
        for (const port of [80, 443, 8080]) {
          const expected = allowed(policies, 'Egress', from, to, port) && allowed(policies, 'Ingress', to, from, port);
          expect(isOpen(model.between(workload(from), workload(to)), 'TCP', port)).toBe(expected);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('what the outside may do is right for every single address', () => {
  const rule = fc.record({
    cidr: smallCidr,
    except: fc.array(smallCidr, { maxLength: 2 }),
    port: fc.constantFrom(80, 443),
  });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 4 }), (given) => {
      const rules = given.map(({ cidr, except, port }) => ({
        cidr,
        port,
        except: except.filter((inner) => isStrictlyWithin(inner, cidr)),
      }));
      const ingress = rules.map(({ cidr, except, port }) => ({
        from: [{ ipBlock: { cidr, except } }],
        ports: [{ port }],
      }));
      const model = reachabilityOf([
        pod('shop/web'),
        policy('shop/p', { podSelector: {}, policyTypes: ['Ingress'], ingress }),
      ]);
      const openings = model.outside(model.workloads[0]!, 'ingress');
      for (const address of everySmall) {
        const found = openings.filter(
          ({ first, last }) =>
            ipRangesFrom(first)!.v4[0]!.from <= address && address <= ipRangesFrom(last)!.v4[0]!.from,
        );
        const expected = [80, 443].filter((port) =>
          rules.some((one) => one.port === port && meansAddress(one, address)),
        );
        expect([80, 443].filter((port) => found.some((opening) => isOpen(opening.traffic, 'TCP', port)))).toEqual(
          expected,
        );
        expect(found.length).toBe(expected.length > 0 ? 1 : 0);
      }
    }),
  );
});

function isStrictlyWithin(inner: string, outer: string): boolean {
  const [a, b] = [ipRangesFrom(inner)!, ipRangesFrom(outer)!];
  return isWithinRanges(a, b) && !isWithinRanges(b, a);
}

const meansAddress = ({ cidr, except }: { cidr: string; except: readonly string[] }, address: number): boolean =>
  holds(ipRangesFrom(cidr)!, address) && !except.some((inner) => holds(ipRangesFrom(inner)!, address));
