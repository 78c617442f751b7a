import { given } from './given';
import { applied, idle, merged } from './server-side-apply';

test('containers are found by their name, and keep what a patch does not say', () => {
  const current = { containers: [{ name: 'a', image: 'x' }, { name: 'b' }] };
  expect(merged(current, { containers: [{ name: 'b', image: 'y' }, { name: 'c' }] })).toEqual({
    containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'y' }, { name: 'c' }],
  });
});

test('ports of a container are found by number and protocol, of which TCP need not be said', () => {
  const containers = (ports: readonly object[]) => ({ containers: [{ name: 'a', ports }] });
  const current = containers([{ containerPort: 53, name: 'dns' }]);
  const patch = containers([
    { containerPort: 53, protocol: 'TCP', name: 'tcp' },
    { containerPort: 53, protocol: 'UDP' },
  ]);
  expect(merged(current, patch)).toEqual(
    containers([
      { containerPort: 53, protocol: 'TCP', name: 'tcp' },
      { containerPort: 53, protocol: 'UDP' },
    ]),
  );
});

test('lists without such a key and selectors are replaced as a whole', () => {
  expect(merged({ drop: ['all'] }, { drop: ['ALL'] })).toEqual({ drop: ['ALL'] });
  expect(merged({ podSelector: { matchLabels: { a: 'b' } } }, { podSelector: {} })).toEqual({ podSelector: {} });
});

test('an object that is not there yet is made', () => {
  const [one, two] = [given('v1', 'ConfigMap', 'one'), given('v1', 'ConfigMap', 'two')];
  expect(applied([one], [two])).toEqual([one, two]);
});

test('what a patch names although it is so is idle, and the name of a container is not', () => {
  const current = { a: 1, b: 2, containers: [{ name: 'x', image: 'i', args: ['1'] }] };
  const patch = { a: 1, b: 3, containers: [{ name: 'x', image: 'i', args: ['2'] }] };
  expect(idle(current, patch)).toEqual(['a', 'containers.*.image']);
});
