import { readFileSync } from 'node:fs';

import { unwrap } from '../error.js';
import { DEFAULT_BOUNDS, withInput } from '../input.js';
import { native } from '../native.js';
import { SigningKey } from '../signing-key.js';
import type { GatewayOptions } from './gateway.js';
import { RedisStore } from './replay/redis.js';
import { RawSettings, unfit } from './settings.js';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is given as a file or as itself. */
type Given = { readonly file: string } | { readonly inline: string };

/** What the core makes of environment variables. */
interface Plan {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly trust: Given | { readonly url: string } | null;
  readonly signing_key: Given | null;
  readonly replay: {
    readonly kind: 'memory' | 'redis' | 'sqlite';
    readonly target: string | null;
    readonly timeout_ms: number;
    readonly allow_eviction: boolean;
    readonly snapshot: string | null;
  };
  readonly body_timeout_ms: number;
  readonly jwks: { readonly max_bytes: number; readonly timeout_ms: number; readonly private_addresses: boolean };
}

/** The settings and options of a gateway that the environment describes. */
export async function environmentPlan(
  environment: Environment,
  options: GatewayOptions,
): Promise<{ settings: RawSettings; options: GatewayOptions }> {
  const variables = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
  const text = withInput(JSON.stringify(variables), DEFAULT_BOUNDS, (bytes, length) => native.httpSettings(bytes, length));
  const plan = JSON.parse(unwrap(text)) as Plan;
  const { replay, jwks } = plan;
  const settings = new RawSettings(plan.settings, plan.trust === null ? undefined : trusted(plan.trust));
  const signingKey = options.signingKey ?? (plan.signing_key === null ? undefined : keyOf(read(plan.signing_key, 'signing_key')));
  return {
    settings,
    options: {
      bodyTimeoutMs: plan.body_timeout_ms,
      jwks: { maxBytes: jwks.max_bytes, timeoutMs: jwks.timeout_ms, privateAddresses: jwks.private_addresses },
      snapshot: replay.snapshot ?? undefined,
      ...options,
      signingKey,
      store: options.store ?? (await storeOf(replay)),
    },
  };
}

/** The trusted keys as JSON text. */
function trusted(trust: Exclude<Plan['trust'], null>): string {
  if ('url' in trust) {
    return JSON.stringify([{ tenant: '', jwks_uri: trust.url }]);
  }
  const text = read(trust, 'trusted_keys');
  try {
    JSON.parse(text);
  } catch {
    throw unfit('the trusted keys are not JSON', 'trusted_keys');
  }
  return text;
}

function keyOf(text: string): SigningKey {
  return text.trimStart().startsWith('{') ? SigningKey.fromJwk(text) : SigningKey.fromPem(text);
}

async function storeOf({ kind, target, ...rest }: Plan['replay']): Promise<RedisStore | undefined> {
  switch (kind) {
    case 'memory':
      return undefined;
    case 'redis':
      return RedisStore.connect(target ?? '', { timeoutMs: rest.timeout_ms, allowEviction: rest.allow_eviction });
    case 'sqlite':
      throw unfit('here nonces are kept in memory or in Redis', 'replay_store');
  }
}

function read(given: Given, setting: string): string {
  if ('inline' in given) {
    return given.inline;
  }
  try {
    return readFileSync(given.file, 'utf8');
  } catch (error) {
    throw unfit(`a file cannot be read: ${String((error as NodeJS.ErrnoException).code)}`, setting);
  }
}
