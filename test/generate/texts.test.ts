import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '../../shared/settings';
import { generatedTexts, withText } from './texts';

const root = join(__dirname, '../..');

test.each(generatedTexts(root).map((text) => [text.mark ?? text.file, text] as const))(
  'the generated text %s is up to date',
  (_, generated) => {
    const file = join(root, generated.file);
    const content = existsSync(file) ? readFileSync(file, 'utf8') : '';
    expect(content).toBe(withText(content, generated));
  },
);

test('local.settings.sample.json knows every setting and no other', () => {
  const sample = JSON.parse(readFileSync(join(root, 'local.settings.sample.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  const host = ['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME'];
  expect(Object.keys(sample.Values).toSorted()).toEqual([...host, ...Object.keys(settingsSchema.shape)].toSorted());
});
