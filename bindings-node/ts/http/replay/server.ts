/** What `INFO server replication memory` says of a server, as far as it matters here. */
export interface Server {
  /** The id of its process: another one has another memory. */
  readonly run: string;
  /** The id of its data: another one after a failover. */
  readonly replication: string;
  /** Why it cannot keep nonces; `undefined` where it can. */
  fault(allowEviction: boolean): string | undefined;
}

/** `NX` together with `GET` came with this version. */
const OLDEST = 7;

/** Reads the reply to `INFO server replication memory`. */
export function serverOf(info: string): Server {
  const value = (name: string): string => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = value('redis_version');
  const policy = value('maxmemory_policy');
  const role = value('role');
  return {
    run: value('run_id'),
    replication: value('master_replid'),
    fault(allowEviction) {
      if (!(Number.parseInt(version, 10) >= OLDEST)) {
        return `its version is ${version || 'unknown'}, and 7.0 is needed`;
      }
      if (role !== 'master') {
        return 'it is a replica';
      }
      if (policy !== 'noeviction' && !allowEviction) {
        return `its maxmemory-policy is ${policy || 'unknown'}, which may forget nonces: noeviction is needed`;
      }
      return undefined;
    },
  };
}
