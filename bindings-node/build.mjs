// Builds the native module and puts it where `ts/native.ts` looks for it. Arguments are handed to cargo.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname;
const cargo = spawnSync(
  'cargo',
  ['build', '--release', '--package', 'samebyte-node', '--message-format', 'json-render-diagnostics', ...process.argv.slice(2)],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
);
if (cargo.status !== 0) {
  console.error(cargo.error?.message ?? 'cargo did not build the native module');
  process.exit(1);
}
const artifact = cargo.stdout
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .findLast((message) => message.reason === 'compiler-artifact' && message.target.name === 'samebyte_node');
const library = artifact.filenames.find((name) => /\.(so|dylib|dll)$/.test(name));

// Copied beside its place and moved: a running process may have the old file mapped.
const folder = join(root, 'native');
const file = join(folder, `${process.platform}-${process.arch}.node`);
rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
copyFileSync(library, `${file}.new`);
renameSync(`${file}.new`, file);
