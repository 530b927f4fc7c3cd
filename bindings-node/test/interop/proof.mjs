// Proofs against implementations that are not ours, and the table of what was proved.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { workspaceFile } from '../support.mjs';

const rows = [];
let open = 0;

/**
 * A test for each direction that the peer has. `row` is {what, algorithm, form, peer}; the table is written when all of them
 * have passed.
 */
export function proof(row, { oursToTheirs, theirsToOurs }) {
  const proved = { ...row, version: versionOf(row.peer), ours_to_theirs: null, theirs_to_ours: null };
  rows.push(proved);
  const direction = (name, member, prove) => {
    if (prove === undefined) {
      return;
    }
    open++;
    test(`${row.peer}: ${row.what} ${row.algorithm}, ${row.form}: ${name}`, async () => {
      await prove();
      proved[member] = true;
      open--;
    });
  };
  direction('ours to theirs', 'ours_to_theirs', oursToTheirs);
  direction('theirs to ours', 'theirs_to_ours', theirsToOurs);
}

function versionOf(peer) {
  if (peer === 'node:crypto') {
    return process.versions.node;
  }
  return JSON.parse(readFileSync(new URL(`../../node_modules/${peer}/package.json`, import.meta.url), 'utf8')).version;
}

after(() => {
  if (open === 0) {
    const folder = workspaceFile('build/interop/');
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL('node.json', folder), `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`);
  }
});
