// What several tests share.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { CODES, SamebyteError } from 'samebyte';

/** A file of the workspace. */
export const workspaceFile = (path) => new URL(`../../${path}`, import.meta.url);

/** The text of a file of the workspace. */
export const read = (path) => readFileSync(workspaceFile(path), 'utf8');

/** Asserts that the call is refused with this code, and gives the error. */
export function refused(code, call) {
  let caught;
  assert.throws(call, (error) => {
    caught = error;
    assert.ok(error instanceof SamebyteError, `${error}`);
    assert.equal(error.code, code);
    assert.equal(error.kind, CODES[code].kind);
    return true;
  });
  return caught;
}
