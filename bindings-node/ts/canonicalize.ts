import { SamebyteError } from './error.js';
import { DEFAULT_BOUNDS, run } from './input.js';
import { native } from './native.js';
import { optionsArgument, optionsJson } from './options.js';
import type { Bounds } from './walk.js';

/** What a number means: the nearest double (RFC 8785), or exactly its decimal value. */
export type Numbers = 'ieee754' | 'exact';

/** Options of {@link canonicalize} and {@link sha256}. */
export interface CanonicalizeOptions {
  /** `ieee754` (the default) or `exact`, which refuses a number that canonical text would change. */
  readonly numbers?: Numbers | undefined;
  /** The deepest nesting of arrays and objects; 128 by default. */
  readonly maxDepth?: number | undefined;
  /** The longest text in bytes; 16 MiB by default. */
  readonly maxBytes?: number | undefined;
}

/**
 * The canonical text of a JSON value (RFC 8785), in UTF-8.
 *
 * A string or a `Uint8Array` is JSON text; anything else is a value. Values are `null`, booleans, finite numbers, arrays
 * and plain objects of such; their members are the own, enumerable ones. What JSON cannot say is refused, never replaced or
 * dropped: `undefined`, a `bigint`, a function, an instance of a class, a hole in an array.
 *
 * @throws SamebyteError The codes of the reader (`invalid_json` … `number_not_exact`); for values `unsupported_type`,
 * `key_not_string`, `number_not_finite`, `lone_surrogate`, `too_deep`, `too_large`; `invalid_argument`, `unknown_option`.
 */
export function canonicalize(value: unknown, options?: CanonicalizeOptions): Buffer {
  if (options === undefined) {
    return run(value, DEFAULT_BOUNDS, native.jcsCanonicalize);
  }
  const { numbers, json, bounds } = limits(options);
  return run(value, bounds, (bytes, length, form, pool, offset) =>
    native.jcsCanonicalize(bytes, length, form, pool, offset, numbers, json),
  );
}

/**
 * SHA-256 of the canonical text of a JSON value: 32 bytes. Takes and refuses what {@link canonicalize} does.
 *
 * @throws SamebyteError As {@link canonicalize}.
 */
export function sha256(value: unknown, options?: CanonicalizeOptions): Buffer {
  const { numbers, json, bounds } = limits(options ?? {});
  return run(value, bounds, (bytes, length, form, pool, offset) =>
    native.jcsSha256(bytes, length, form, pool, offset, numbers, json),
  );
}

interface Limits {
  readonly numbers: string | undefined;
  readonly json: string | undefined;
  readonly bounds: Bounds;
}

const LIMITS = { maxDepth: 'max_depth', maxBytes: 'max_bytes' };
const NAMES = { ...LIMITS, numbers: 'numbers' };

function limits(options: CanonicalizeOptions): Limits {
  const { numbers, ...rest } = optionsArgument(options, NAMES);
  if (numbers !== undefined && typeof numbers !== 'string') {
    throw new SamebyteError('invalid_argument', 'the number policy is a string', { option: 'numbers' });
  }
  const json = optionsJson(rest, LIMITS);
  const { maxDepth = DEFAULT_BOUNDS.maxDepth, maxBytes = DEFAULT_BOUNDS.maxBytes } = rest;
  return { numbers, json, bounds: { maxDepth, maxBytes } };
}
