import { isUint8Array } from 'node:util/types';

import { SamebyteError, unwrap, type Failure } from './error.js';
import type { Written } from './native.js';
import { Scratch, type Bounds } from './walk.js';

/** JSON text as a string or as UTF-8 bytes, or a plain object that is one. */
export type JsonInput = string | Uint8Array | object;

/** A native call that reads a JSON value and gives bytes. */
type Call = (bytes: Uint8Array, length: number, form: number, pool: Uint8Array, offset: number) => Written | Failure;

// The numbers of `Form` in `src/input.rs`.
const TEXT = 0;
const TOKENS = 1;

/** The defaults of the core, which a test holds equal to these. */
export const DEFAULT_BOUNDS: Bounds = { maxDepth: 128, maxBytes: 16 * 1024 * 1024 };

const SCRATCH = 64 * 1024;
/**
 * A scratch that had to grow over this is not kept. It holds what the default limit lets through: making a large one anew
 * for each call costs more than the work, because each counts as memory that the garbage collector must be quick about.
 */
const KEPT = 16 * 1024 * 1024;
const POOL = 32 * 1024;
/** As many bytes as the native module writes to the pool at most (`POOLED` in `src/border.rs`). */
const POOLED = 4096;

// A getter of a walked object may call samebyte again: whoever works takes the scratch away and brings it back.
let spare: Scratch | undefined;

// Outputs of up to 4 KiB share a buffer, as those of `Buffer.from` do.
let pool = Buffer.alloc(POOL);
let used = 0;

/** Hands a JSON value to the native call. */
export function withInput<T>(
  value: unknown,
  bounds: Bounds,
  call: (bytes: Uint8Array, length: number, form: number) => T,
): T {
  if (isUint8Array(value)) {
    return call(value, byteLength(value), TEXT);
  }
  const scratch = spare ?? new Scratch(SCRATCH);
  spare = undefined;
  try {
    if (typeof value === 'string') {
      scratch.writeText(value);
      return call(scratch.bytes, scratch.length, TEXT);
    }
    scratch.writeValue(value, bounds);
    return call(scratch.bytes, scratch.length, TOKENS);
  } finally {
    if (scratch.bytes.length <= KEPT) {
      spare = scratch;
    }
  }
}

/** As {@link withInput} for a value that is a secret: no copy of it stays in JavaScript's memory. */
export function withSecret<T>(value: unknown, call: (bytes: Uint8Array, length: number, form: number) => T): T {
  if (isUint8Array(value)) {
    return call(value, byteLength(value), TEXT);
  }
  const scratch = new Scratch(SCRATCH);
  try {
    if (typeof value === 'string') {
      scratch.writeText(value);
      return call(scratch.bytes, scratch.length, TEXT);
    }
    scratch.writeValue(value, DEFAULT_BOUNDS);
    return call(scratch.bytes, scratch.length, TOKENS);
  } finally {
    scratch.wipe();
  }
}

/** The bytes that a native call makes. */
export function made(call: (pool: Uint8Array, offset: number) => Written | Failure): Buffer {
  return output(call(pool, used));
}

/** Hands a JSON value to the native call and gives the bytes that it made. */
export function run(value: unknown, bounds: Bounds, call: Call): Buffer {
  if (isUint8Array(value)) {
    return output(call(value, byteLength(value), TEXT, pool, used));
  }
  return withInput(value, bounds, (bytes, length, form) => output(call(bytes, length, form, pool, used)));
}

/** The output of a native call that was handed the pool. */
function output(outcome: Written | Failure): Buffer {
  const written = unwrap(outcome);
  if (typeof written !== 'number') {
    return written;
  }
  const bytes = pool.subarray(used, used + written);
  used += written;
  if (used > POOL - POOLED) {
    pool = Buffer.alloc(POOL);
    used = 0;
  }
  return bytes;
}

/** The length as the native module takes it: an integer of 32 bits. */
function byteLength(bytes: Uint8Array): number {
  if (bytes.length > 0xffff_ffff) {
    throw new SamebyteError('too_large', 'the input is larger than the limit');
  }
  return bytes.length;
}

/** The argument if it is a string, else an error that names it. */
export function stringArgument(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw new SamebyteError('invalid_argument', `${name} is a string`, { argument: name });
  }
  return value;
}

/** The argument if it is text: an object is not walked where text is meant. */
export function textArgument(value: unknown, name: string): string | Uint8Array {
  if (typeof value !== 'string' && !isUint8Array(value)) {
    throw new SamebyteError('invalid_argument', `${name} is a string or a Uint8Array`, { argument: name });
  }
  return value;
}

/** The argument if it is bytes. */
export function bytesArgument(value: unknown, name: string): Uint8Array {
  if (!isUint8Array(value)) {
    throw new SamebyteError('invalid_argument', `${name} is a Uint8Array`, { argument: name });
  }
  return value;
}

/** A password as bytes; text in UTF-8. */
export function passwordArgument(value: unknown): Uint8Array {
  return utf8(textArgument(value, 'password'));
}

/** Text as bytes: for the second input of a native call, the first of which has the scratch. */
export function utf8(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') {
    return text;
  }
  if (!text.isWellFormed()) {
    throw new SamebyteError('lone_surrogate', 'a string holds half of a surrogate pair');
  }
  return Buffer.from(text);
}
