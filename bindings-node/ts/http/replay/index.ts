/**
 * Replay stores for several gateways together.
 *
 * @packageDocumentation
 */

export type { ReplayStore, Verdict } from '../replay.js';
export type { RedisClient } from './connection.js';
export { RedisStore } from './redis.js';
export type { RedisStoreOptions } from './redis.js';
