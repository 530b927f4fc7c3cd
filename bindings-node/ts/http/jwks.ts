import { lookup, type LookupAddress } from 'node:dns';
import { request as plain, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent, request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** How a key set may be fetched. */
export interface FetchLimits {
  readonly maxBytes: number;
  /** For everything together: name, connection, answer. */
  readonly timeoutMs: number;
  /** Whether the server may have an address that is not public, and be asked without TLS if it is this machine. */
  readonly privateAddresses: boolean;
}

/**
 * Fetches a JWK Set over https. There are no redirects; every address that the name stands for has to be public, and the
 * connection goes to one of those that were looked at, so that a name that means something else a moment later wins nothing.
 * Rejected for whatever is not an answer 200 of at most that many bytes in that time.
 *
 * @param isPublic Whether an IP address is public.
 */
export function fetchJwks(url: string, limits: FetchLimits, isPublic: (address: string) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const allowed = (address: string): boolean => limits.privateAddresses || isPublic(address);
    // A literal address is connected to without being looked up.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !allowed(host)) {
      throw forbidden(host);
    }
    const request = start(target, limits, guarded(allowed));
    const give = (work: () => void): void => {
      clearTimeout(timer);
      work();
      request.destroy();
    };
    const timer = setTimeout(() => give(() => reject(new Error(`no key set within ${limits.timeoutMs} ms`))), limits.timeoutMs);
    request.on('error', (error) => give(() => reject(error)));
    request.on('response', (response) => {
      read(response, limits.maxBytes).then((body) => give(() => resolve(body)), (error: unknown) => give(() => reject(error as Error)));
    });
    request.end();
  });
}

function start(target: URL, limits: FetchLimits, lookup: LookupFunction): ClientRequest {
  const headers = { accept: 'application/jwk-set+json, application/json', 'accept-encoding': 'identity' };
  if (target.protocol === 'https:') {
    // An agent of its own: none that an application has set up goes another way.
    return secure(target, { agent: new Agent({ keepAlive: false }), headers, lookup });
  }
  if (target.protocol === 'http:' && limits.privateAddresses && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(target.hostname)) {
    return plain(target, { agent: false, headers, lookup });
  }
  throw new Error('a key set is fetched over https');
}

/** The look-up of names, all of whose answers have to be allowed. */
function guarded(allowed: (address: string) => boolean): LookupFunction {
  return (name, options, answer) => {
    lookup(name, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
      const bad = addresses.find(({ address }) => !allowed(address));
      const fault = error ?? (bad === undefined ? null : forbidden(bad.address));
      const [first] = addresses;
      if (fault !== null || first === undefined) {
        answer(fault ?? new Error('the name has no address'), '', 0);
      } else if (options.all === true) {
        answer(null, addresses);
      } else {
        answer(null, first.address, first.family);
      }
    });
  };
}

function forbidden(address: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`key sets are not fetched from ${address}, which is not a public address`), { code: 'EACCES' });
}

/** The body of an answer with the status 200. */
async function read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (response.statusCode !== 200) {
    throw new Error(`the answer has the status ${String(response.statusCode)}`);
  }
  if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Error('the answer is encoded');
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new Error(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
