import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

// Each example of the README and of the guides as its readers would run it, and what it prints by the block below it. They lie in
// the package while they run, so that they find it by its name.
const root = join(import.meta.dirname, '..');
const PAGES = { 'README.md': 7, '../docs/guide/express.md': 3, '../docs/guide/fastify.md': 3, '../docs/guide/fetch.md': 3 };

for (const [page, count] of Object.entries(PAGES)) {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```(js|ts)\n(.*?)^```\n```text\n(.*?)^```$/gms)];
  const name = basename(page, '.md');

  test(`every example of ${name} says what it prints`, () => {
    assert.equal(blocks.length, count);
    assert.equal([...text.matchAll(/^```(?!text)./gm)].length, blocks.length);
  });

  for (const [index, [, language, code, printed]] of blocks.entries()) {
    const extension = language === 'ts' ? 'mts' : code.includes('require(') ? 'cjs' : 'mjs';
    test(`${name} example ${index + 1} (.${extension})`, (context) => {
      const folder = join(root, 'test', `example-${process.pid}-${name}-${index}`);
      mkdirSync(folder, { recursive: true });
      context.after(() => rmSync(folder, { recursive: true }));
      let file = join(folder, `example.${extension}`);
      writeFileSync(file, code);
      if (language === 'ts') {
        const options = ['--ignoreConfig', '--strict', '--module', 'node20', '--target', 'es2022', '--lib', 'es2024', '--types', 'node'];
        execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, file], { stdio: 'inherit' });
        file = join(folder, 'example.mjs');
      }
      assert.equal(execFileSync(process.execPath, [file], { encoding: 'utf8' }), printed);
    });
  }
}
