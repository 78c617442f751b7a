import fc from 'fast-check';
import { jsonWithoutManagedFields } from '../../shared/azure/kubernetes/managed-fields';

const fieldsV1 = {
  'f:metadata': { 'f:labels': { '.': {}, 'k:{"app":"a]},[{"}': {} } },
  'v:[{}],': {},
  'v:{"x":[{}]}': {},
};
const entry = { manager: 'kubelet', operation: 'Update', fieldsV1 };
const without = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (name, inner: unknown) => (name === 'managedFields' ? undefined : inner)));
const read = (value: unknown): unknown => without(jsonWithoutManagedFields(JSON.stringify(value)));

test('who set which field is left out, and all else stays', () => {
  const plain = { manager: 'kubelet', fieldsV1: { 'f:spec': { 'f:ports': {} } } };
  const items = ['a', 'b'].map((name) => ({
    metadata: { name, managedFields: [plain, plain] },
    spec: { text: '}],"' },
  }));
  const last = { metadata: { managedFields: [plain], name: 'c' }, status: {} };
  const list = { kind: 'PodList', items: [...items, last] };
  const told = jsonWithoutManagedFields(JSON.stringify(list)) as typeof list;
  expect(told.items.map(({ metadata }) => metadata.managedFields)).toEqual([[], [], []]);
  expect(without(told)).toEqual(without(list));
});

test('keys that look like the end of the list end nothing', () => {
  const list = { items: [{ metadata: { name: 'a', managedFields: [entry] }, data: { text: '"managedFields":[{' } }] };
  expect(read(list)).toEqual(without(list));
});

test('whatever the keys and values are, nothing else is lost', () => {
  const piece = fc.constantFrom('}', ']', '[', '{', '"', ',', ':', '\\', 'f:', '"managedFields":[{', 'x');
  const text = fc.array(piece, { maxLength: 8 }).map((some) => some.join(''));
  const owned = fc.dictionary(text, fc.constant({}));
  const item = fc.record({
    metadata: fc.record({ name: text, managedFields: fc.array(fc.record({ fieldsV1: owned }), { maxLength: 3 }) }),
    spec: fc.dictionary(text, fc.oneof(text, fc.array(owned))),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 4 }), (items) => {
      expect(read({ items })).toEqual(without({ items }));
    }),
    { numRuns: 2_000 },
  );
});

test('lists without an end are no JSON, and are seen so at once', () => {
  const text = `{"items":[${'{"managedFields":[{'.repeat(1_000_000)}`;
  expect(() => jsonWithoutManagedFields(text)).toThrow(SyntaxError);
});
