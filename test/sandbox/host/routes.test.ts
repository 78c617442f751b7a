import { partsOf, routeOf } from './routes';

function route(template: string, ...methods: string[]): Parameters<typeof routeOf>[0][number] {
  return { functionName: template, methods: methods.length > 0 ? methods : ['GET'], template, authLevel: 'anonymous' };
}

test.each([
  ['a literal before a parameter', ['runs/{id}', 'runs/latest'], 'runs/latest', 'runs/latest', {}],
  ['a constrained parameter before a free one', ['runs/{id}', 'runs/{no:int}'], 'runs/7', 'runs/{no:int}', { no: '7' }],
  ['a free parameter where the constraint fails', ['runs/{id}', 'runs/{no:int}'], 'runs/x', 'runs/{id}', { id: 'x' }],
  ['a parameter before a catch-all', ['{*rest}', 'runs/{id}'], 'runs/7', 'runs/{id}', { id: '7' }],
  ['a catch-all with slashes', ['files/{*path}'], 'files/a/b%20c', 'files/{*path}', { path: 'a/b c' }],
  ['an empty catch-all', ['files/{*path}'], 'files', 'files/{*path}', { path: '' }],
  ['a literal without regard to case', ['Runs/{Id}'], 'rUNS/A', 'Runs/{Id}', { Id: 'A' }],
  ['a percent sign that encodes nothing', ['runs/{id}'], 'runs/50%', 'runs/{id}', { id: '50%' }],
])('%s matches', (_, templates, path, functionName, params) => {
  const match = routeOf(
    templates.map((template) => route(template)),
    'GET',
    path,
  );
  expect(match).toMatchObject({ route: { functionName }, params });
});

test('two functions share a path by their methods', () => {
  const routes = [route('runs', 'GET'), { ...route('runs', 'POST'), functionName: 'create' }];
  expect(routeOf(routes, 'post', 'runs')?.route.functionName).toBe('create');
  expect(routeOf(routes, 'PUT', 'runs')).toBeUndefined();
});

test.each(['a/{b', 'a/{b:regex(^x$)}', 'a-{b}'])('template %s is refused rather than guessed', (template) => {
  expect(() => partsOf(template)).toThrow('does not understand');
});
