import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { controls } from '../shared/controls/index';

const root = join(__dirname, '..');

interface Import {
  readonly file: string;
  readonly target: string;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): readonly Import[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import)\s+'([^']+)'/g)].map(([, path = '']) => ({
    file,
    target: path.startsWith('.') ? relative(root, resolve(root, dirname(file), path)) : path,
  }));
}

/** What the files of a folder may import, as beginnings of paths. Packages count as paths, too. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'shared/core': ['shared/core/'],
  'shared/policy': ['shared/core/', 'shared/policy/'],
  'shared/policy-cli': ['shared/policy/', 'shared/core/', 'shared/policy-cli/', 'node:'],
  'shared/flow-logging': ['shared/core/', 'shared/flow-logging/'],
  'shared/kubernetes': ['shared/core/', 'shared/kubernetes/', 'yaml'],
  'shared/audit-cli': ['shared/core/', 'shared/kubernetes/', 'shared/audit-cli/', 'node:'],
  'shared/controls': [
    'shared/core/',
    'shared/policy/',
    'shared/flow-logging/',
    'shared/kubernetes/',
    'shared/controls/',
  ],
  'shared/pipeline': ['shared/core/', 'shared/pipeline/', 'node:crypto'],
  'shared/rights': ['shared/core/', 'shared/kubernetes/', 'shared/rights/'],
  'shared/doctor': [
    'shared/core/',
    'shared/rights/',
    'shared/policy/',
    'shared/flow-logging/',
    'shared/controls/assigned-policies/',
    'shared/pipeline/',
    'shared/doctor/',
  ],
  'shared/doctor-cli': ['shared/core/', 'shared/doctor/', 'shared/doctor-cli/', 'shared/world', 'node:'],
  'shared/propose': ['shared/core/', 'shared/kubernetes/', 'shared/pipeline/', 'shared/propose/'],
  'shared/propose-cli': [
    'shared/core/',
    'shared/kubernetes/',
    'shared/propose/',
    'shared/audit-cli/',
    'shared/propose-cli/',
    'shared/world',
    'node:',
  ],
  'shared/http': ['shared/core/', 'shared/pipeline/', 'shared/doctor/', 'shared/propose/', 'shared/http/', 'zod'],
  'shared/azure': ['shared/core/', 'shared/azure/', '@azure/'],
  'shared/ledger-cli': ['shared/core/', 'shared/store/', 'shared/ledger-cli/', 'shared/world', '@azure/', 'node:'],
  'shared/store': ['shared/core/', 'shared/store/', '@azure/', 'node:', 'zod'],
  functions: ['shared/', '@azure/functions', './'],
  'infra/cost': ['shared/', 'infra/cost/', 'node:'],
  'infra/compile': ['shared/', 'infra/compile/', 'node:', 'fflate', 'yaml', 'zod'],
};

const folders = Object.keys(allowed).filter(
  (folder) => readdirSync(root).includes(folder.split('/')[0] ?? '') && filesIn(folder).length >= 0,
);

test.each(folders)('files in %s import only what they may', (folder) => {
  const wrong = filesIn(folder)
    .flatMap(importsOf)
    .filter(({ target }) => !(allowed[folder] ?? []).some((start) => target.startsWith(start)))
    .filter(({ file, target }) => !(file === 'functions/index.ts' && target.startsWith('functions/')));
  expect(wrong).toEqual([]);
});

test('a control imports the files of no other control', () => {
  const wrong = filesIn('shared/controls')
    .flatMap(importsOf)
    .filter(({ target }) => target.startsWith('shared/controls/'))
    .filter(({ file, target }) => {
      const own = file.split('/')[2]?.replace(/\.ts$/, '') ?? '';
      return own !== 'index' && target.split('/')[2] !== own;
    });
  expect(wrong).toEqual([]);
});

test.each([
  'shared/core',
  'shared/policy',
  'shared/flow-logging',
  'shared/kubernetes',
  'shared/controls',
  'shared/rights',
  'shared/doctor',
  'shared/propose',
])('nothing in %s looks at the clock, chance or the environment', (folder) => {
  const impure = filesIn(folder).filter((file) =>
    /Date\.now|new Date\(\)|Math\.random|process\./.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(impure).toEqual([]);
});

test('only the composition root reads the environment', () => {
  const readers = [...filesIn('shared'), ...filesIn('functions')].filter((file) =>
    /process\.env/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(readers).toEqual(['shared/world.ts']);
});

test('production code knows nothing of tests and the sandbox', () => {
  const wrong = [...filesIn('shared'), ...filesIn('functions')].filter((file) =>
    /sandbox|azurite|\/\/localhost|localhost:|NODE_ENV|from '.*test/i.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});

test('a function is parse, one call, answer: at most 25 lines', () => {
  const long = filesIn('functions').filter(
    (file) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length > 25,
  );
  expect(long).toEqual([]);
});

describe.each(controls.map((control) => [control.id, control] as const))('the control %s', (id, control) => {
  test('has its file, its tests and its page', () => {
    expect(filesIn('shared/controls')).toContain(`shared/controls/${id}.ts`);
    expect(filesIn('test/controls')).toContain(`test/controls/${id}.test.ts`);
    expect(readdirSync(join(root, 'docs/controls'))).toContain(`${id}.md`);
  });

  test('is named once', () => {
    expect(controls.filter((other) => other.id === control.id)).toHaveLength(1);
  });
});

test('every control that is a file is in the catalogue', () => {
  const files = readdirSync(join(root, 'shared/controls')).filter(
    (name) => name.endsWith('.ts') && name !== 'index.ts',
  );
  expect(controls.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
});
