import { CODES, type Code, type Kind } from './codes.js';

/** What an error says beside its code, for example a byte offset or a JSON pointer. Never key or payload text. */
export type Detail = Readonly<Record<string, string | number>>;

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
    const [code, message, detail] = outcome as unknown as Failure;
    throw new SamebyteError(code, message, detail === null ? undefined : (JSON.parse(detail) as Detail));
  }
  return outcome as T;
}
