import type { Code } from './codes.js';
import { failureOf, SamebyteError, unwrap, type Failure } from './error.js';
import { textArgument, utf8 } from './input.js';
import { apart } from './json.js';

/** The bytes of a length. */
const LENGTH = 4;

/**
 * Hands many texts to a native call, and gives a result for each (`src/batch.rs`): what was verified, or why not.
 */
export async function batch<T>(
  texts: readonly (string | Uint8Array)[],
  name: string,
  call: (batch: Uint8Array) => Promise<Buffer | Failure>,
  verified: (result: Buffer) => T,
): Promise<(T | SamebyteError)[]> {
  if (!Array.isArray(texts)) {
    throw new SamebyteError('invalid_argument', `${name} are an array of strings and Uint8Arrays`, { argument: name });
  }
  const parts = Array.from(texts as readonly unknown[], (text) => utf8(textArgument(text, name)));
  const output = unwrap(await call(packed(parts)));
  const results: (T | SamebyteError)[] = [];
  for (let at = 0; at < output.length; ) {
    const end = at + 1 + LENGTH + output.readUInt32LE(at + 1);
    const body = output.subarray(at + 1 + LENGTH, end);
    results.push(output[at] === 1 ? verified(body) : failure(body));
    at = end;
  }
  return results;
}

/** Each text behind its length, in one buffer. */
function packed(parts: readonly Uint8Array[]): Buffer {
  const buffer = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + LENGTH + part.length, 0));
  let at = 0;
  for (const part of parts) {
    at = buffer.writeUInt32LE(part.length, at);
    buffer.set(part, at);
    at += part.length;
  }
  return buffer;
}

/** The error of one result. */
export function failure(body: Buffer): SamebyteError {
  const [code, rest] = apart(body);
  const [message, detail] = apart(rest);
  return failureOf([code.toString() as Code, message.toString(), detail.length === 0 ? null : detail.toString()]);
}
