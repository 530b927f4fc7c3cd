import { CODES, type Code, type Kind } from './codes.js';
import type { JsonObject } from './json.js';

/** What an error says beside its code, for example a byte offset or a JSON pointer. Never key or payload text. */
export type Detail = JsonObject;

/** Why an operation was refused. `code` and `kind` are stable and equal in every language; `message` is not. */
export class SamebyteError extends Error {
  override readonly name = 'SamebyteError';
  /** The stable code, for example `signature_unknown`. */
  readonly code: Code;
  /** The family of the code, for example `untrusted`. */
  readonly kind: Kind;
  /** More about it, where there is more. */
  readonly detail: Detail | undefined;

  constructor(code: Code, message: string, detail?: Detail) {
    super(message);
    this.code = code;
    this.kind = CODES[code].kind;
    this.detail = detail;
  }
}

/** How the native module returns an error: code, message, detail as JSON. No success is an array. */
export type Failure = readonly [code: Code, message: string, detail: string | null];

/** The result of a native call, or its error thrown. */
export function unwrap<T>(outcome: T | Failure): T {
  if (Array.isArray(outcome)) {
    throw failureOf(outcome as unknown as Failure);
  }
  return outcome as T;
}

/** The error that the native module returned. */
export function failureOf([code, message, detail]: Failure): SamebyteError {
  return new SamebyteError(code, message, detail === null ? undefined : detailOf(detail));
}

/** The detail, with the name of an option as JavaScript has it. */
function detailOf(json: string): Detail {
  const detail = JSON.parse(json) as Detail;
  const { option } = detail;
  return typeof option === 'string' ? { ...detail, option: option.replace(/_./g, (part) => part.charAt(1).toUpperCase()) } : detail;
}
