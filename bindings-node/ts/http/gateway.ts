import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { unwrap } from '../error.js';
import { TOKEN } from '../handle.js';
import { DEFAULT_BOUNDS, made, withInput } from '../input.js';
import type { JsonObject } from '../json.js';
import { native, type GatewayHandle, type LockHandle } from '../native.js';
import { optionsArgument } from '../options.js';
import { signingHandle, type SigningKey } from '../signing-key.js';
import { environmentPlan, type Environment } from './environment.js';
import { Exchange, type Head } from './exchange.js';
import { fetchJwks, type FetchLimits } from './jwks.js';
import { lockMemory } from './lock.js';
import type { ReplayStore } from './replay.js';
import { rawSettings, type RawSettings, type Settings } from './settings.js';

/** What a gateway tells the log about a request: codes and names, never a body or a secret. */
export type GatewayEvent = JsonObject;

/** What a gateway counts. */
export interface GatewayStats {
  readonly accepted: number;
  readonly passed: number;
  /** How many were refused, by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** The bytes of bodies that are being read. */
  readonly inflight: number;
  /** The nonces in memory. */
  readonly live_nonces: number;
}

/** Options of a {@link Gateway} beside its settings. */
export interface GatewayOptions {
  /** Signs the responses. */
  readonly signingKey?: SigningKey | undefined;
  /** Where the nonces are kept; in the memory of this process by default, of which there then may be only one. */
  readonly store?: ReplayStore | undefined;
  /** How long the body of a request may take, in milliseconds; 10,000 by default. */
  readonly bodyTimeoutMs?: number | undefined;
  /** How keys are fetched; 64 KiB, 2 s, public addresses alone by default. */
  readonly jwks?: Partial<FetchLimits> | undefined;
  /** Called for every request that was decided. */
  readonly log?: ((event: GatewayEvent) => void) | undefined;
  /** The file where the nonces in memory wait while the gateway is restarted. */
  readonly snapshot?: string | undefined;
}

const OPTIONS = {
  signingKey: '', store: '', bodyTimeoutMs: '', jwks: '', log: '', snapshot: '',
};
const LIMITS: FetchLimits = { maxBytes: 65_536, timeoutMs: 2000, privateAddresses: false };

/** Begins an exchange, for the middleware of this package. */
export let begin: (gateway: Gateway, head: Head) => Exchange;
/** Fetches the keys of a source where that is due; what fails is noted, not thrown. */
export let fetchKeys: (gateway: Gateway, source: number) => Promise<void>;
/** What is not a matter of settings. */
export let optionsOf: (gateway: Gateway) => Options;

/** Verifies signed requests and signs responses. The middleware of a framework is over one. */
export class Gateway {
  static {
    begin = (gateway, head) => new Exchange(gateway.#handle, head);
    fetchKeys = (gateway, source) => gateway.#fetchKeys(source);
    optionsOf = (gateway) => gateway.#options;
  }

  readonly #handle: GatewayHandle;
  readonly #options: Options;
  readonly #fetching = new Map<number, Promise<void>>();
  #lock: LockHandle | undefined;

  /**
   * @throws SamebyteError `settings_invalid` for settings that contradict each other, and for a second gateway that keeps
   * its nonces in memory; `unknown_option`; the codes of keys and key sets.
   */
  constructor(settings: Settings, options?: GatewayOptions);
  /** @internal */
  constructor(settings: RawSettings, options: GatewayOptions, token: symbol);
  constructor(settings: Settings | RawSettings, options: GatewayOptions = {}, token?: symbol) {
    const raw = token === TOKEN ? (settings as RawSettings) : rawSettings(settings as Settings);
    const { bodyTimeoutMs = 10_000, ...rest } = optionsArgument(options, OPTIONS);
    this.#options = { ...rest, bodyTimeoutMs };
    const { signingKey, store } = rest;
    const { audiences = [], public_origins: origins = [], preset } = raw.members;
    const text = raw.text(store === undefined ? 'memory' : 'external');
    const key = signingKey === undefined ? undefined : signingHandle(signingKey);
    // A gateway that was refused has no lock to give back.
    this.#handle = unwrap(
      withInput(text, DEFAULT_BOUNDS, (bytes, length) => native.gatewayNew(bytes, length, key, Date.now())),
    );
    if (store === undefined && preset !== 'dev') {
      this.#lock = lockMemory(audiences as unknown[], origins as unknown[]);
    }
    store?.watch((at) => void unwrap(native.gatewayStateLost(this.#handle, at)));
    this.#restore();
  }

  /**
   * A gateway with the settings of the environment, whose names are those of the documentation. `options` come before what
   * the environment says.
   *
   * @throws SamebyteError As the constructor; `replay_store_unavailable`.
   */
  static async fromEnvironment(environment: Environment = process.env, options: GatewayOptions = {}): Promise<Gateway> {
    const plan = await environmentPlan(environment, options);
    return new Gateway(plan.settings, plan.options, TOKEN);
  }

  /** The public key that verifies responses, as the text of a JWK Set: what `/.well-known/jwks.json` serves. */
  jwks(): string {
    return unwrap(native.gatewayJwks(this.#handle));
  }

  /** What was counted since the start. */
  stats(): GatewayStats {
    return JSON.parse(unwrap(native.gatewayStats(this.#handle, Date.now()))) as GatewayStats;
  }

  /** Ends it: the nonces in memory are written to the snapshot, if there is one, and the store is closed. */
  close(): void {
    const { snapshot, store } = this.#options;
    store?.close();
    if (this.#lock === undefined) {
      return;
    }
    if (snapshot !== undefined) {
      const nonces = made((pool, offset) => native.gatewaySnapshot(this.#handle, Date.now(), pool, offset));
      rmSync(`${snapshot}.new`, { force: true });
      writeFileSync(`${snapshot}.new`, nonces, { flag: 'wx', mode: 0o600 });
      renameSync(`${snapshot}.new`, snapshot);
    }
    native.fileUnlock(this.#lock);
    this.#lock = undefined;
  }

  /** Takes the nonces of the snapshot, once: a gateway that dies later has more than it says. */
  #restore(): void {
    const { snapshot } = this.#options;
    if (snapshot === undefined || this.#lock === undefined) {
      return;
    }
    let nonces: Buffer;
    try {
      nonces = readFileSync(snapshot);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return;
      }
      throw error;
    }
    rmSync(snapshot);
    unwrap(native.gatewayRestore(this.#handle, nonces, Date.now()));
  }

  /** One fetch of a source at a time; whoever waited for it finds that there is no other due. */
  #fetchKeys(source: number): Promise<void> {
    const running = this.#fetching.get(source);
    if (running !== undefined) {
      return running;
    }
    const url = unwrap(native.gatewayKeysDue(this.#handle, source, Date.now()));
    if (url === null) {
      return Promise.resolve();
    }
    const limits = { ...LIMITS, ...this.#options.jwks };
    const fetched = fetchJwks(url, limits, (address) => native.httpAddressIsPublic(address))
      .catch(() => undefined)
      .then((jwks) => {
        // A set that is broken is as one that did not come; the one before stays.
        native.gatewayKeysPut(this.#handle, source, jwks, Date.now());
      })
      .finally(() => this.#fetching.delete(source));
    this.#fetching.set(source, fetched);
    return fetched;
  }
}

type Options = GatewayOptions & { readonly bodyTimeoutMs: number };
