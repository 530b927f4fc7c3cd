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

/** As {@link refused}, for a promise. */
export async function refusedLater(code, promise) {
  const error = await promise.then(() => assert.fail(`not refused with ${code}`), (caught) => caught);
  return refused(code, () => {
    throw error;
  });
}

/** A job with text of several scripts. */
export const JOB = {
  id: '0b8a', caller_id: 'alice', context_id: 'shared', payload: "print('Grüße, 世界 😀')", runner: 'runner1', executor: 'rhai',
  timeout: 300, env_vars: { B: '2', A: '1' }, created_at: '2024-01-01T00:00:00Z', updated_at: '2024-01-01T00:00:00Z',
};
