// A Redis server of a test's own, on a free port of this machine.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Why tests with Redis are skipped; `false` where it is installed. */
export const skip = spawnSync('redis-server', ['--version']).status === 0 ? false : 'redis-server is not installed';

/** A port that nobody listens on. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class RedisServer {
  constructor(port, folder) {
    this.port = port;
    this.folder = folder;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** A running server, which goes when the test ends. */
  static async start(context, options = []) {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'samebyte-redis-')));
    await server.run(options);
    context.after(async () => {
      await server.kill();
      rmSync(server.folder, { recursive: true });
    });
    return server;
  }

  async run(options = []) {
    const fixed = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', 'no'];
    this.process = spawn('redis-server', [...fixed, ...options], { stdio: 'ignore' });
    for (let tries = 0; ; tries++) {
      try {
        return await this.command('PING');
      } catch (error) {
        if (tries === 200) throw error;
        await sleep(20);
      }
    }
  }

  signal(name) {
    this.process.kill(name);
  }

  async kill() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await gone;
    }
  }

  /** The reply to one command, as it comes over the wire. */
  command(...words) {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1');
      let reply = '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        reply += data;
        const size = /^\$(\d+)\r\n/.exec(reply);
        if (size === null ? reply.endsWith('\r\n') : reply.length >= size[0].length + Number(size[1]) + 2) {
          socket.destroy();
          resolve(size === null ? reply.trim() : reply.slice(size[0].length, -2));
        }
      });
      socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    });
  }

  /** How often a command was called. */
  async calls(name) {
    return Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(await this.command('INFO', 'commandstats'))?.[1] ?? 0);
  }
}
