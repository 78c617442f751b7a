import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedTexts, withText } from './texts';

for (const generated of generatedTexts()) {
  mkdirSync(dirname(generated.file), { recursive: true });
  const content = existsSync(generated.file) ? readFileSync(generated.file, 'utf8') : '';
  writeFileSync(generated.file, withText(content, generated));
}
