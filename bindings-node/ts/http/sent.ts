import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a response says of itself that was, or is about to be, sent. */
export const TRUE = { value: true, configurable: true };

type Setters = Pick<ServerResponse, 'setHeader' | 'setHeaders' | 'appendHeader' | 'removeHeader'>;

/** What node:http does to whoever changes a head that was sent. */
function tooLate(verb: string): () => never {
  return () => {
    throw Object.assign(new Error(`Cannot ${verb} headers after they are sent to the client`), { code: 'ERR_HTTP_HEADERS_SENT' });
  };
}

const TOO_LATE: Setters = { setHeader: tooLate('set'), setHeaders: tooLate('set'), appendHeader: tooLate('append'), removeHeader: tooLate('remove') };

/** What `writeHead` does behind a head that was sent. */
export const headWritten = tooLate('write');

/**
 * Makes the head of a response one that was sent, until the function that is returned is called: nothing changes it, and whoever
 * asks, for example to send an error instead, learns that it is too late for that.
 */
export function fixHead(response: ServerResponse): () => void {
  const { setHeader, setHeaders, appendHeader, removeHeader } = response;
  const before = { setHeader, setHeaders, appendHeader, removeHeader };
  assign(response, TOO_LATE);
  Object.defineProperty(response, 'headersSent', TRUE);
  return () => assign(response, before);
}

/** Assigned, never deleted: an object that loses members is a slow one. */
function assign(response: ServerResponse, { setHeader, setHeaders, appendHeader, removeHeader }: Setters): void {
  response.setHeader = setHeader;
  response.setHeaders = setHeaders;
  response.appendHeader = appendHeader;
  response.removeHeader = removeHeader;
}

/**
 * Has a response and its connection destroyed no earlier than the function that is returned is called: a response that is
 * being signed was sent, as far as anybody knows, and what comes after it (Express closes the connection where a handler fails then)
 * takes nothing of it away.
 */
export function linger(response: ServerResponse): () => void {
  const { destroy, req: request } = response;
  let after: (() => void) | undefined;
  response.destroy = (error) => {
    after ??= () => response.destroy(error);
    return response;
  };
  // The connection of HTTP/2 has others on it, and a framework that tests itself none at all.
  const socket = request.httpVersionMajor === 1 ? (request.socket as Socket | undefined) : undefined;
  const release = typeof socket?.destroy === 'function' ? keep(socket) : undefined;
  return () => {
    response.destroy = destroy;
    release?.();
    after?.();
  };
}

/** What is known of a connection: how many of its responses are being signed, and whether it is to be closed behind them. */
interface Kept {
  count: number;
  closing: boolean;
}

const KEPT = Symbol('samebyte');

/** Keeps a connection until the function that is returned is called. One that broke (`destroy` with an error) is not kept. */
function keep(socket: Socket & { [KEPT]?: Kept }): () => void {
  const kept = (socket[KEPT] ??= watch(socket));
  kept.count++;
  return () => {
    kept.count--;
    if (kept.count === 0 && kept.closing) {
      socket.destroy();
    }
  };
}

function watch(socket: Socket): Kept {
  const kept = { count: 0, closing: false };
  const { destroy } = socket;
  socket.destroy = (error) => {
    if (kept.count === 0 || (error !== undefined && error !== null)) {
      return destroy.call(socket, error);
    }
    kept.closing = true;
    return socket;
  };
  return kept;
}
