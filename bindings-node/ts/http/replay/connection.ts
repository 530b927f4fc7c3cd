import { SamebyteError } from '../../error.js';

/** A connection to one Redis server that never sends a command twice and never queues one while it is down. */
export interface Connection {
  /**
   * The replies to commands that go out together, in order; in the place of one may stand an error. Rejected, or errors, when
   * the connection breaks or is down.
   */
  run(commands: readonly (readonly string[])[]): Promise<readonly unknown[]>;
  /** Connects; rejected when that fails the first time. Later it connects again by itself. */
  open(): Promise<void>;
  /** Drops the connection, so that a new one is made. What was sent and not answered is rejected. */
  reset(): void;
  /** Ends it for good. */
  close(): void;
}

/** A client of npm `ioredis` or of npm `redis` (node-redis). */
export interface RedisClient {
  duplicate(...override: never[]): unknown;
}

/** A client of npm `ioredis`, as far as it is used here. */
interface IoredisClient {
  duplicate(override?: object): IoredisClient;
  pipeline(commands: unknown[][]): { exec(): Promise<[error: Error | null, reply: unknown][] | null> };
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** A client of npm `redis`, as far as it is used here. */
interface NodeRedisClient {
  duplicate(override?: object): NodeRedisClient;
  sendCommand(command: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/** How long a connection may take to be made, in milliseconds. */
const CONNECT = 100;

/** How long to wait before the next attempt to connect, in milliseconds: a restarted server is found soon, a dead one is left in peace. */
const again = (attempts: number): number => Math.min(50 * 2 ** Math.min(attempts, 5), 1000);

/**
 * A connection of its own to where the client is connected: the settings that a replay store needs (no retries, no queue while
 * the server is away) are not those that the rest of an application wants. `broken` is called when it breaks.
 *
 * @throws SamebyteError `invalid_argument` for anything but a client of `ioredis` or `redis` for one server.
 */
export function connection(client: RedisClient, broken: () => void): Connection {
  if (typeof client === 'object' && client !== null && typeof client.duplicate === 'function') {
    // A cluster has no such member in either library: the keys of one reservation would lie on several servers.
    if ('pipeline' in client && !('nodes' in client)) {
      return ioredis(client as unknown as IoredisClient, broken);
    }
    if ('isReady' in client) {
      return nodeRedis(client as unknown as NodeRedisClient, broken);
    }
  }
  throw new SamebyteError('invalid_argument', 'a client of ioredis or redis for one server is expected', { argument: 'client' });
}

function ioredis(client: IoredisClient, broken: () => void): Connection {
  const own = client.duplicate({
    autoResendUnfulfilledCommands: false,
    commandTimeout: undefined,
    connectTimeout: CONNECT,
    disconnectTimeout: CONNECT,
    enableAutoPipelining: false,
    enableOfflineQueue: false,
    keyPrefix: '',
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    reconnectOnError: null,
    retryStrategy: again,
    stringNumbers: false,
  });
  own.on('error', broken);
  own.on('close', broken);
  return {
    async run(commands) {
      const replies = await own.pipeline(commands.map(([name, ...rest]) => [name?.toLowerCase(), ...rest])).exec();
      return (replies ?? []).map(([error, reply]) => error ?? reply);
    },
    open: () => own.connect(),
    reset: () => own.disconnect(true),
    close: () => own.disconnect(),
  };
}

function nodeRedis(client: NodeRedisClient, broken: () => void): Connection {
  const { socket } = (client as unknown as { options?: { socket?: object } }).options ?? {};
  const make = (): NodeRedisClient => {
    const made = client.duplicate({
      commandOptions: { timeout: undefined },
      disableOfflineQueue: true,
      socket: { ...socket, connectTimeout: CONNECT, reconnectStrategy: again, socketTimeout: undefined },
    });
    made.on('error', broken);
    return made;
  };
  let own = make();
  return {
    run: (commands) => Promise.all(commands.map((command) => own.sendCommand([...command]).catch((error: unknown) => error))),
    open: async () => void (await own.connect()),
    reset() {
      own.destroy();
      broken();
      own = make();
      // What it says when it fails is told by its event.
      own.connect().catch(broken);
    },
    close: () => own.destroy(),
  };
}
