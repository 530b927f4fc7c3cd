import { SamebyteError } from '../error.js';
import { optionsArgument } from '../options.js';
import type { Algorithm, Jwk } from '../public-key.js';

/** How a route treats signatures: not at all, logged only, verified where there is one, or demanded. */
export type Mode = 'off' | 'observe' | 'optional' | 'required';

/** The mode of some requests; the first route that fits decides. */
export interface Route {
  /** The method; all of them by default. */
  readonly method?: string | undefined;
  /** A path; one that ends with `/*` stands for everything below it, and `*` for everything. */
  readonly path: string;
  readonly mode: Mode;
}

/** Who may sign requests. */
export interface TrustSource {
  readonly tenant?: string | undefined;
  /** Their keys. */
  readonly jwks?: { readonly keys: readonly Jwk[] } | undefined;
  /** Where their keys are fetched: an https URL. */
  readonly jwksUri?: string | undefined;
  /** Shared secrets of at least 32 bytes, in base64url. */
  readonly secrets?: readonly { readonly kid: string; readonly alg: Algorithm; readonly secret: string }[] | undefined;
  readonly algs?: readonly Algorithm[] | undefined;
  /** The audiences that these keys may sign for. */
  readonly aud?: readonly string[] | undefined;
  /** The paths that these keys may sign for. */
  readonly routes?: readonly string[] | undefined;
  /** How many live nonces each of these keys may have. */
  readonly quota?: number | undefined;
  /** Unix seconds. */
  readonly notBefore?: number | undefined;
  /** Unix seconds. */
  readonly notAfter?: number | undefined;
  /** Key ids that are no longer trusted. */
  readonly revoked?: readonly string[] | undefined;
}

/** Settings of a gateway. The durations are in seconds, the sizes in bytes. */
export interface Settings {
  /** The mode of requests that no route fits; `required` by default. */
  readonly mode?: Mode | undefined;
  readonly routes?: readonly Route[] | undefined;
  /** What `aud` of a request may be; the public origins by default. */
  readonly audiences?: readonly string[] | undefined;
  /** Under which URLs clients reach this gateway: `https://gw.example`, or with a path that a proxy takes off. */
  readonly publicOrigins?: readonly string[] | undefined;
  /** Whose `X-Forwarded-Host` counts: addresses or blocks of them. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** The longest window of a request; 300 by default. */
  readonly nonceTtl?: number | undefined;
  readonly clockSkew?: number | undefined;
  readonly futureSkew?: number | undefined;
  readonly maxBody?: number | undefined;
  readonly maxDepth?: number | undefined;
  readonly maxInflight?: number | undefined;
  readonly nonceMinLen?: number | undefined;
  readonly nonceLocation?: 'header' | 'body' | 'either' | undefined;
  /** Which bytes a handler is given: those of the canonical form, which were verified, or those that came. */
  readonly forwardBody?: 'canonical' | 'original' | undefined;
  readonly allowedAlgs?: readonly Algorithm[] | undefined;
  readonly preset?: 'dev' | 'standard' | 'strict' | undefined;
  readonly signResponses?: 'off' | 'on' | 'required-by-client' | undefined;
  /** Whether responses name in `crit` what must be understood; `true` by default. */
  readonly responseCrit?: boolean | undefined;
  /** The name of the field of the signature; `x-signature` by default. */
  readonly header?: string | undefined;
  readonly requireAth?: boolean | undefined;
  /** As many nonces as are kept in memory. */
  readonly replayCap?: number | undefined;
  readonly replayQuotaPerKey?: number | undefined;
  /** For how long keys that cannot be fetched again are used. */
  readonly jwksMaxStale?: number | undefined;
  /** Who may sign requests: sources, or one JWK Set. */
  readonly trust?: readonly TrustSource[] | { readonly keys: readonly Jwk[] } | undefined;
}

const SETTINGS = names([
  'mode', 'routes', 'audiences', 'publicOrigins', 'trustedProxies', 'nonceTtl', 'clockSkew', 'futureSkew', 'maxBody', 'maxDepth', 'maxInflight',
  'nonceMinLen', 'nonceLocation', 'forwardBody', 'allowedAlgs', 'preset', 'signResponses', 'responseCrit', 'header', 'requireAth', 'replayCap',
  'replayQuotaPerKey', 'jwksMaxStale', 'trust',
]);
const SOURCE = names([
  'tenant', 'jwks', 'jwksUri', 'secrets', 'algs', 'aud', 'routes', 'quota', 'notBefore', 'notAfter', 'revoked',
]);

/** Each name with the one that it has at the door. */
function names(all: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(all.map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]));
}

/** Settings with the names of the door. The trusted keys are JSON text: of a file it is handed on as it is. */
export class RawSettings {
  readonly members: Readonly<Record<string, unknown>>;
  readonly #trust: string | undefined;

  constructor(members: Readonly<Record<string, unknown>>, trust: string | undefined) {
    this.members = members;
    this.#trust = trust;
  }

  /** JSON text for the door. */
  text(replay: 'memory' | 'external'): string {
    const members = JSON.stringify({ ...this.members, replay });
    return this.#trust === undefined ? members : `${members.slice(0, -1)},"trust":${this.#trust}}`;
  }
}

/** The settings with the names of the door. */
export function rawSettings(settings: Settings): RawSettings {
  const { trust, ...rest } = optionsArgument(settings, SETTINGS);
  const sources: unknown = Array.isArray(trust) ? trust.map((source: TrustSource) => renamed(source, SOURCE)) : trust;
  return new RawSettings(renamed(rest, SETTINGS), sources === undefined ? undefined : JSON.stringify(sources));
}

function renamed(members: object, known: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(optionsArgument(members, known)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [known[name], value as unknown]));
}

/** A fault of the settings. */
export function unfit(message: string, setting: string): SamebyteError {
  return new SamebyteError('settings_invalid', message, { setting });
}
