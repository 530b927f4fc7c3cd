// What the race and fault suite sends requests to: `soak-app.mjs PORT`, a gateway with settings from the environment.
import { createServer } from 'node:http';

import { Gateway } from 'samebyte';
import { samebyte } from 'samebyte/express';

const ran = new Map();

/** Counts how often it was called with the same `id`; `GET /open/runs` tells. */
async function app(request, response) {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  let answer;
  if (request.url === '/open/runs') {
    const counts = [...ran.values()];
    answer = { most: Math.max(0, ...counts), runs: counts.reduce((sum, count) => sum + count, 0) };
  } else {
    const body = Buffer.concat(pieces).toString();
    const { id } = body === '' ? {} : JSON.parse(body);
    ran.set(String(id), (ran.get(String(id)) ?? 0) + 1);
    answer = { id, jsonrpc: '2.0', result: 'pong' };
  }
  const sent = JSON.stringify(answer);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) });
  response.end(sent);
}

const gateway = await Gateway.fromEnvironment();
const middleware = samebyte(gateway);
const server = createServer((request, response) => {
  middleware(request, response, (error) => {
    if (error === undefined) {
      app(request, response).catch(() => response.destroy());
    } else {
      response.writeHead(500).end();
    }
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  gateway.close();
  process.exit();
});
