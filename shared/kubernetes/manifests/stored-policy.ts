import { fieldsOf, isFields, listOf, type Fields } from '../fields';

/** The spec of a NetworkPolicy as it is stored. An empty list is dropped, and with it what it seemed to say. */
export function storedPolicy(spec: Fields): Fields {
  const { podSelector, policyTypes, ingress, egress, ...rest } = spec;
  const egressRules = storedRules(egress, 'to');
  const given = listOf(policyTypes);
  const types = given.length > 0 ? given : ['Ingress', ...(egressRules === undefined ? [] : ['Egress'])];
  return {
    ...rest,
    podSelector: storedSelector(podSelector),
    ...present('ingress', storedRules(ingress, 'from')),
    ...present('egress', egressRules),
    policyTypes: types,
  };
}

const present = (field: string, value: unknown): Fields => (value === undefined ? {} : { [field]: value });

function storedSelector(selector: unknown): Fields {
  return Object.fromEntries(Object.entries(fieldsOf(selector)).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}

function storedRules(rules: unknown, peers: 'from' | 'to'): readonly unknown[] | undefined {
  if (!Array.isArray(rules) || rules.length === 0) return undefined;
  return listOf(rules).map((rule) => storedRule(fieldsOf(rule), peers));
}

function storedRule(rule: Fields, peers: 'from' | 'to'): Fields {
  const { ports, [peers]: allowed, ...rest } = rule;
  return {
    ...rest,
    ...(isEmpty(allowed) ? {} : { [peers]: allowed }),
    ...(isEmpty(ports) ? {} : { ports: listOf(ports).map((port) => ({ protocol: 'TCP', ...fieldsOf(port) })) }),
  };
}
