import { SamebyteError, unwrap } from '../error.js';
import { TOKEN } from '../handle.js';
import { bytesArgument, made, stringArgument, utf8 } from '../input.js';
import { apart, type JsonValue } from '../json.js';
import { isKeyset, keysetHandle, type Keyset } from '../keyset.js';
import { native, type CallHandle, type ClientHandle } from '../native.js';
import { optionsArgument, optionsJson } from '../options.js';
import { signingHandle, type SigningKey } from '../signing-key.js';

/** Options of a {@link Client}. */
export interface ClientOptions {
  /** The keys that sign the responses. With them, unsigned responses are refused. */
  readonly responses?: Keyset | undefined;
  /** The gateway that requests are for; the origin of their URL by default. */
  readonly audience?: string | undefined;
  /** The tenant that the key belongs to. */
  readonly issuer?: string | undefined;
  /** How long a request holds, in seconds; 60 by default. */
  readonly ttl?: number | undefined;
  /** Whether the gateway is asked to sign the response, and then must. */
  readonly demandSignature?: boolean | undefined;
  /** The names of fields that are signed too. */
  readonly boundFields?: readonly string[] | undefined;
  /** Whether the credential in `Authorization` is bound to the request; `true` by default. */
  readonly bindCredential?: boolean | undefined;
  /** The name of the field of the signature; `x-signature` by default. */
  readonly header?: string | undefined;
  /** How many seconds late a response may be; 30 by default. */
  readonly clockSkew?: number | undefined;
  /** How many seconds early a response may be; 5 by default. */
  readonly futureSkew?: number | undefined;
  /** The longest body, in bytes; 16 MiB by default. */
  readonly maxBody?: number | undefined;
  /** Whether unsigned responses are refused; by default where there are keys for them. */
  readonly requireSigned?: boolean | undefined;
}

/** Field lines as `fetch` takes them. Pairs are taken as they are, several of one name included. */
export type FieldLines = Headers | Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

/** A request that is to be signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** The absolute URL, with its query. */
  readonly url: string;
  readonly headers?: FieldLines | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Random by default. */
  readonly nonce?: string | undefined;
}

/** What is known of a response. */
export interface ResponseReport {
  readonly status: number;
  readonly signed: boolean;
  /** Whether it answers this very request; a refusal before the body was read cannot say so. */
  readonly bound: boolean;
  /** The key that signed it. */
  readonly kid?: string;
}

const OPTIONS = {
  responses: 'responses', audience: 'aud', issuer: 'iss', ttl: 'ttl', demandSignature: 'rsp', boundFields: 'hdr', bindCredential: 'ath',
  header: 'header', clockSkew: 'clock_skew', futureSkew: 'future_skew', maxBody: 'max_body', requireSigned: 'require_signed',
};
const REQUEST = { method: '', url: '', headers: '', body: '', nonce: '' };
const RESPONSE = { status: '', headers: '', body: '' };

/** Signs requests, and verifies their responses. */
export class Client {
  readonly #handle: ClientHandle;
  readonly #maxBody: number;

  /**
   * @throws SamebyteError `invalid_argument`, `unknown_option`.
   */
  constructor(key: SigningKey, options: ClientOptions = {}) {
    const { responses, demandSignature, ...rest } = optionsArgument(options, OPTIONS);
    if (demandSignature !== undefined && typeof demandSignature !== 'boolean') {
      throw new SamebyteError('invalid_argument', 'demandSignature is a boolean', { option: 'demandSignature' });
    }
    const asked = demandSignature === true ? { ...rest, demandSignature: 'sign' } : rest;
    if (responses !== undefined && !isKeyset(responses)) {
      throw new SamebyteError('invalid_argument', 'responses is a Keyset', { option: 'responses' });
    }
    const keys = responses === undefined ? undefined : keysetHandle(responses);
    this.#handle = unwrap(native.clientNew(signingHandle(key), keys, optionsJson(asked, OPTIONS)));
    this.#maxBody = options.maxBody ?? 16 * 1024 * 1024;
  }

  /**
   * Signs a request. It has to be sent with the field and the body of what is returned, once.
   *
   * @throws SamebyteError `invalid_argument`, `body_too_large`, `body_not_canonicalizable`.
   */
  sign(request: UnsignedRequest): SignedRequest {
    const { method, url, headers, body, nonce } = optionsArgument(request, REQUEST);
    const fields = flat(headers);
    const handle = unwrap(
      native.clientSign(
        this.#handle,
        stringArgument(method, 'method'),
        stringArgument(url, 'url'),
        fields.join('\n'),
        fields.length,
        body === undefined ? undefined : utf8(body),
        nonce === undefined ? undefined : stringArgument(nonce, 'nonce'),
        Date.now(),
      ),
    );
    return new SignedRequest(TOKEN, handle);
  }

  /**
   * `fetch` for signed requests: the response is one that was verified, and its body what was signed. Redirects are not
   * followed: a request is signed for one URL.
   *
   * @throws SamebyteError As {@link sign} and {@link SignedRequest.verify}. Whatever `fetch` throws.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<VerifiedFetchResponse> {
    const request = new Request(input, init);
    const { method, url, headers, signal } = request;
    const text = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
    const signed = this.sign({ method, url, headers, ...(text === undefined ? {} : { body: text }) });
    const { redirect } = request;
    headers.set(signed.name, signed.value);
    const { body } = signed;
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: redirect === 'follow' ? 'error' : redirect,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    const received = await bounded(response, this.#maxBody);
    const { body: verified, report } = signed.verify({ status: response.status, headers: response.headers, body: received });
    return new VerifiedFetchResponse(response, verified, report);
  }
}

/** A request that was signed. It is for one response. */
export class SignedRequest {
  readonly #handle: CallHandle;
  /** The name of the field to send. */
  readonly name: string;
  /** The value of the field to send. */
  readonly value: string;
  /** The body to send; JSON is in canonical form. */
  readonly body: Buffer | undefined;

  /** @internal */
  constructor(token: symbol, handle: CallHandle) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a request is signed by a Client');
    }
    this.#handle = handle;
    const [name = '', value = ''] = native.callHeader(handle).split('\n');
    this.name = name;
    this.value = value;
    this.body = native.callBody(handle) ?? undefined;
  }

  /**
   * Verifies the response.
   *
   * @throws SamebyteError `signature_missing`, `signature_malformed`, `signature_unknown`, `signature_key_not_allowed`,
   * `signature_window_invalid`, `signature_not_yet_valid`, `signature_expired`, `signature_binding_mismatch`,
   * `signature_invalid`, `body_too_large`, `body_not_canonicalizable`.
   */
  verify(response: { readonly status: number; readonly headers: FieldLines; readonly body: Uint8Array }): VerifiedResponse {
    const { status, headers, body } = optionsArgument(response, RESPONSE);
    const fields = flat(headers);
    const bytes = bytesArgument(body, 'body');
    const pair = made((pool, offset) =>
      native.callVerify(this.#handle, status, fields.join('\n'), fields.length, bytes, Date.now(), pool, offset),
    );
    return new VerifiedResponse(TOKEN, ...apart(pair));
  }
}

/** A response that was accepted. */
export class VerifiedResponse {
  /** What was signed; of a response that may be unsigned, what came. */
  readonly body: Buffer;
  readonly report: ResponseReport;

  /** @internal */
  constructor(token: symbol, body: Buffer, report: Buffer) {
    if (token !== TOKEN) {
      throw new SamebyteError('invalid_argument', 'a response is verified by a SignedRequest');
    }
    this.body = body;
    this.report = JSON.parse(report.toString()) as ResponseReport;
  }

  /** The body as a JSON value. */
  json(): JsonValue {
    return JSON.parse(this.body.toString()) as JsonValue;
  }
}

/** The response of {@link Client.fetch}. */
export class VerifiedFetchResponse extends Response {
  /** What was verified. */
  readonly report: ResponseReport;

  /** @internal */
  constructor(received: Response, body: Buffer, report: ResponseReport) {
    const { status, statusText } = received;
    const headers = new Headers(received.headers);
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) {
      headers.delete(name);
    }
    super(body.length === 0 ? null : new Uint8Array(body), { status, statusText, headers });
    this.report = report;
    Object.defineProperty(this, 'url', { value: received.url });
  }
}

/** Names and values in turn. */
function flat(headers: FieldLines | undefined): string[] {
  if (Array.isArray(headers)) {
    return (headers as readonly (readonly [string, string])[]).flat();
  }
  return headers === undefined ? [] : [...new Headers(headers as Headers)].flat();
}

/** The body of a response, unless it is too large. */
async function bounded(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) {
      throw new SamebyteError('body_too_large', 'the response is larger than the limit');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
