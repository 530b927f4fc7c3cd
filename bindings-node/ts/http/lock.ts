import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sha256 } from '../canonicalize.js';
import { unwrap } from '../error.js';
import { native, type LockHandle } from '../native.js';
import { unfit } from './settings.js';

/**
 * The lock of the one gateway that may keep the nonces of these audiences and origins in its memory. Another process, or
 * another gateway in this one, would not know what this one has seen. Gateways in other languages take the same.
 *
 * @throws SamebyteError `settings_invalid` where another gateway has it.
 */
export function lockMemory(audiences: readonly unknown[], origins: readonly unknown[]): LockHandle {
  const name = sha256([...audiences, ...origins]).toString('hex').slice(0, 16);
  const lock = unwrap(native.fileLock(join(tmpdir(), `samebyte-replay-${name}.lock`)));
  if (lock === null) {
    throw unfit('memory with several workers: another gateway of these audiences keeps its nonces elsewhere; use Redis', 'replay_store');
  }
  return lock;
}
