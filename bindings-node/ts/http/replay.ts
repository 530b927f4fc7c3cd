/** What became of a nonce that was to be reserved. */
export type Verdict = 'new' | 'replay' | 'full' | 'cold' | 'unavailable';

/**
 * Where the nonces of accepted requests are kept, for several gateways together. What cannot be said for certain is
 * `unavailable`: a request is never let through because its store was down.
 */
export interface ReplayStore {
  /**
   * Reserves a nonce, atomically. `new` to exactly one owner of a key within its time; it never forgets one that lives, and it
   * answers within a deadline of its own. It is never rejected.
   *
   * @param key The nonce: 32 hex digits.
   * @param owner The attempt: 32 hex digits. The same owner asking again, for its reply was lost, is told `new` again.
   * @param ttl For how many milliseconds the nonce is kept.
   */
  reserve(key: string, owner: string, ttl: number): Promise<Verdict>;
  /**
   * Has `lost` called with the time (Unix milliseconds) at which nonces may have been forgotten, before any verdict is given
   * after that; at once with the last such time that is known.
   */
  watch(lost: (at: number) => void): void;
  /** Lets go of the connection. After it every verdict is `unavailable`. */
  close(): void;
}
