import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

import { SamebyteError } from '../../error.js';
import { stringArgument } from '../../input.js';
import { optionsArgument } from '../../options.js';
import type { ReplayStore, Verdict } from '../replay.js';
import { connection, type Connection, type RedisClient } from './connection.js';
import { serverOf, type Server } from './server.js';

/** Options of {@link RedisStore}. */
export interface RedisStoreOptions {
  /** What the names of all keys begin with; `samebyte:` by default. Gateways that share a prefix share their nonces. */
  readonly prefix?: string | undefined;
  /** After how many milliseconds a verdict is `unavailable`; 50 by default. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whether a server that may throw keys away when its memory is full will do. It then may forget nonces, and accept replays;
   * `false` by default.
   */
  readonly allowEviction?: boolean | undefined;
}

const NAMES = { prefix: 'prefix', timeoutMs: 'timeout_ms', allowEviction: 'allow_eviction' };

/** How often the server is asked who it is while all is well, in milliseconds. */
const RECHECK = 1000;
/** A connection over which nothing worked for so many milliseconds is dropped for a new one. */
const SILENT = 1000;
/** How long the first connection and the first look may take together, in milliseconds. */
const START = 2000;
/** As many reservations as may wait for a reply: what comes on top is `unavailable` at once. */
const WAITING = 10_000;

/** A reservation that waits for its verdict. */
interface Reserving {
  readonly key: string;
  readonly owner: string;
  readonly ttl: number;
  readonly settle: (verdict: Verdict) => void;
}

/**
 * Nonces in Redis 7.0 or newer (or Valkey), over a connection like that of a client of `ioredis` or of `redis`. No command is
 * ever sent twice; what the server does not answer in time is `unavailable`; a server that restarted, was replaced or was
 * emptied is noticed, and requests from before that are refused.
 */
export class RedisStore implements ReplayStore {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #timeout: number;
  readonly #allowEviction: boolean;
  readonly #watchers: ((at: number) => void)[] = [];
  /** Counts what makes a new check necessary. */
  #doubts = 0;
  /** The count of doubts that the last good check answered. */
  #settled = -1;
  #checked = 0;
  #checking: Promise<void> | undefined;
  #server: Server | undefined;
  #epoch: string | undefined;
  /** When nonces were lost last, as far as is known, in Unix milliseconds. */
  #lost: number | undefined;
  #closed = false;
  /** The reservations of this turn. */
  #turn: Reserving[] = [];
  #waiting = 0;
  /** When the first of the failures was that no reply came after. */
  #failing: number | undefined;

  private constructor(client: RedisClient, options: RedisStoreOptions) {
    const { prefix, timeoutMs, allowEviction } = optionsArgument(options, NAMES);
    this.#prefix = prefix === undefined ? 'samebyte:' : stringArgument(prefix, 'prefix');
    this.#timeout = timeoutMs ?? 50;
    this.#allowEviction = allowEviction ?? false;
    if (!Number.isInteger(this.#timeout) || this.#timeout < 1 || this.#timeout > 60_000) {
      throw new SamebyteError('invalid_argument', 'timeoutMs is an integer from 1 to 60000', { argument: 'timeoutMs' });
    }
    this.#connection = connection(client, () => this.#doubt());
  }

  /**
   * Connects to where the client is connected, and looks whether that server will do. The client itself is left alone.
   *
   * @throws SamebyteError `settings_invalid` for a server that is too old, or whose policy may evict keys
   * (`maxmemory-policy` other than `noeviction`); `replay_store_unavailable`; `invalid_argument`; `unknown_option`.
   */
  static async open(client: RedisClient, options: RedisStoreOptions = {}): Promise<RedisStore> {
    const store = new RedisStore(client, options);
    try {
      await within(START, store.#connection.open().then(() => store.#check()));
      store.#usable(true);
      return store;
    } catch (error) {
      store.close();
      if (error instanceof SamebyteError) {
        throw error;
      }
      throw new SamebyteError('replay_store_unavailable', `Redis cannot be used: ${String(error)}`);
    }
  }

  /**
   * As {@link open} for a URL, with `ioredis` or else `redis`, whichever is installed.
   *
   * @throws SamebyteError As {@link open}; `settings_invalid` where neither is installed.
   */
  static async connect(url: string, options?: RedisStoreOptions): Promise<RedisStore> {
    return RedisStore.open(await installed(stringArgument(url, 'url')), options);
  }

  reserve(key: string, owner: string, ttl: number): Promise<Verdict> {
    if (this.#closed || this.#waiting >= WAITING) {
      return Promise.resolve('unavailable');
    }
    this.#waiting++;
    return new Promise((settle) => {
      // What is reserved in one turn goes to the server together: that spares more than half of what a reservation costs here.
      if (this.#turn.push({ key, owner, ttl, settle }) === 1) {
        queueMicrotask(() => void this.#send());
      }
    });
  }

  watch(lost: (at: number) => void): void {
    this.#watchers.push(lost);
    if (this.#lost !== undefined) {
      lost(this.#lost);
    }
  }

  close(): void {
    this.#closed = true;
    this.#connection.close();
  }

  /** Makes the reservations of this turn. */
  async #send(): Promise<void> {
    const all = this.#turn;
    this.#turn = [];
    let verdicts: readonly Verdict[] = [];
    try {
      verdicts = await within(this.#timeout, this.#attempt(all));
    } catch {
      this.#failed();
    }
    this.#waiting -= all.length;
    all.forEach(({ settle }, index) => settle(verdicts[index] ?? 'unavailable'));
  }

  async #attempt(all: readonly Reserving[]): Promise<readonly Verdict[]> {
    if (this.#settled !== this.#doubts) {
      await this.#check();
    } else if (Date.now() - this.#checked >= RECHECK) {
      this.#check().catch(() => this.#failed());
    }
    if (!this.#usable(false)) {
      return [];
    }
    const replies = await this.#run([
      ...all.map(({ key, owner, ttl }) => ['SET', `${this.#prefix}n:${key}`, owner, 'NX', 'GET', 'PX', String(Math.max(1, Math.ceil(ttl)))]),
      // Read behind the nonces: if it is still there, nothing was lost before they were written.
      ['GET', `${this.#prefix}epoch`],
    ]);
    const found = all.map(({ owner }, index) => this.#found(replies[index], owner));
    if (found.every((verdict) => verdict === 'full' || verdict === 'unavailable')) {
      return found;
    }
    if (textOf(replies[all.length]) === this.#epoch) {
      return found;
    }
    this.#forgotten();
    return found.map((verdict) => (verdict === 'new' || verdict === 'replay' ? 'cold' : verdict));
  }

  /** What the server found in the place of a nonce. */
  #found(reply: unknown, owner: string): Verdict {
    if (reply instanceof Error) {
      if (reply.message.startsWith('OOM ')) {
        return 'full';
      }
      this.#failed();
      return 'unavailable';
    }
    const taken = textOf(reply);
    return taken === null || taken === owner ? 'new' : 'replay';
  }

  /** Asks the server who it is and whether it still knows the epoch; one question at a time. */
  #check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #look(): Promise<void> {
    const doubts = this.#doubts;
    this.#checked = Date.now();
    const name = `${this.#prefix}epoch`;
    const [info, known] = await this.#run([['INFO', 'server', 'replication', 'memory'], ['GET', name]]);
    const server = serverOf(textOf(info) ?? '');
    const before = this.#server;
    this.#server = server;
    if (before !== undefined && (before.run !== server.run || before.replication !== server.replication)) {
      this.#tell(Date.now());
    }
    if (this.#usable(false)) {
      const epoch = textOf(known) ?? (await this.#begin(name));
      if (this.#epoch !== epoch) {
        // Whoever comes after a loss that another gateway saw knows from the epoch when that was.
        this.#tell(this.#epoch === undefined ? madeAt(epoch) : Date.now());
      }
      this.#epoch = epoch;
    }
    // What was doubted while this went on is still open.
    this.#settled = doubts;
  }

  /** Makes the epoch, or finds the one that another gateway has made meanwhile. */
  async #begin(name: string): Promise<string> {
    const made = `${randomBytes(16).toString('hex')}:${Date.now()}`;
    const [other] = await this.#run([['SET', name, made, 'NX', 'GET']]);
    return textOf(other) ?? made;
  }

  /** Whether the server that was found will do. */
  #usable(starting: boolean): boolean {
    const fault = this.#server === undefined ? 'it did not say who it is' : this.#server.fault(this.#allowEviction);
    if (fault !== undefined && starting) {
      throw new SamebyteError('settings_invalid', `this Redis server will not do: ${fault}`, { setting: 'replay_store' });
    }
    return fault === undefined;
  }

  async #run(commands: readonly (readonly string[])[]): Promise<readonly unknown[]> {
    const replies = await this.#connection.run(commands);
    if (replies.length !== commands.length) {
      throw new Error('replies are missing');
    }
    if (!replies.every((reply) => reply instanceof Error)) {
      this.#failing = undefined;
    }
    return replies;
  }

  /** Nonces may be gone: the watchers know before the verdict does, and the epoch is looked for again. */
  #forgotten(): void {
    this.#tell(Date.now());
    this.#doubt();
  }

  #tell(at: number): void {
    this.#lost = at;
    for (const lost of this.#watchers) {
      lost(at);
    }
  }

  #doubt(): void {
    this.#doubts++;
  }

  /** Something went wrong with the server or on the way to it. */
  #failed(): void {
    this.#doubt();
    const now = Date.now();
    this.#failing ??= now;
    if (!this.#closed && now - this.#failing >= SILENT) {
      this.#failing = now;
      this.#connection.reset();
    }
  }
}

/** What the work gives; rejected when it takes longer than that many milliseconds. */
function within<T>(limit: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // A reply may have come while this process was busy: it is read before the time is called over.
    const late = (): void => void setImmediate(() => reject(new Error(`no reply within ${limit} ms`)));
    const timer = setTimeout(late, limit);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A reply that is text or nothing; an error is thrown. */
function textOf(reply: unknown): string | null {
  if (reply instanceof Error) {
    throw reply;
  }
  return reply === null || reply === undefined ? null : String(reply);
}

/** When an epoch was made, in Unix milliseconds; now where it does not say. */
function madeAt(epoch: string): number {
  const [, made] = /:(\d{1,15})$/.exec(epoch) ?? [];
  return made === undefined ? Date.now() : Number(made);
}

/** A client, not connected, of the library that is installed. */
async function installed(url: string): Promise<RedisClient> {
  const load = createRequire(__filename);
  try {
    const { Redis } = load('ioredis') as { Redis: new (url: string, options: object) => RedisClient };
    return new Redis(url, { lazyConnect: true });
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
  }
  try {
    const { createClient } = load('redis') as { createClient: (options: object) => RedisClient };
    return createClient({ url });
  } catch (error) {
    if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
  }
  throw new SamebyteError('settings_invalid', 'a replay store in Redis needs the package ioredis or redis', { setting: 'replay_store' });
}
