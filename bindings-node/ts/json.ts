import { SamebyteError } from './error.js';

/** A JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

/**
 * Takes a result of the core apart: all members, and the canonical bytes of the one that was verified.
 *
 * The result is canonical, and its other members hold only strings, integers and booleans, which `JSON.stringify` writes
 * canonically; so the verified member is what stands between them.
 */
export function open<T extends object>(result: Buffer, verified: keyof T & string): { value: T; canonical: Buffer } {
  const value = JSON.parse(result.toString()) as T;
  const parts = { before: '', after: '' };
  let side: 'before' | 'after' = 'before';
  for (const [name, member] of Object.entries(value)) {
    if (name === verified) {
      parts.before += `,"${name}":`;
      side = 'after';
    } else {
      parts[side] += `,"${name}":${JSON.stringify(member)}`;
    }
  }
  const head = Buffer.from(`{${parts.before.slice(1)}`);
  const tail = Buffer.from(`${parts.after}}`);
  const canonical = result.subarray(head.length, result.length - tail.length);
  if (!result.subarray(0, head.length).equals(head) || !result.subarray(-tail.length).equals(tail)) {
    throw new SamebyteError('internal', 'a result that is not canonical');
  }
  return { value, canonical };
}

/** The two outputs of a native call that come as one (`pair` in `src/border.rs`). */
export function apart(pair: Buffer): [first: Buffer, second: Buffer] {
  const end = LENGTH + pair.readUInt32LE(0);
  return [pair.subarray(LENGTH, end), pair.subarray(end)];
}

/** The bytes of the length that stands before the first output. */
const LENGTH = 4;
