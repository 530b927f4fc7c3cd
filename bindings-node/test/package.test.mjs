import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import * as esm from 'samebyte';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
const source = (path) => readFileSync(join(root, path), 'utf8');

test('import and require give the same names and the same classes', () => {
  const cjs = require('samebyte');
  assert.deepEqual(Object.keys(esm), Object.keys(cjs).filter((name) => name !== '__esModule').sort());
  for (const [name, value] of Object.entries(esm)) {
    assert.equal(cjs[name], value, name);
  }
});

test('the native module has the operations that its interface declares', () => {
  const { native } = require('../dist/native.js');
  const block = /export interface Native \{\n([^}]*)\n\}/.exec(source('ts/native.ts'))[1];
  const declared = [...block.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  const exported = Object.keys(native).filter((name) => name !== 'testPanic');
  assert.deepEqual(exported.sort(), declared.sort());
});

test('the package holds what it needs and nothing else', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files, version }] = [JSON.parse(output)].flat().flatMap((entry) => entry.samebyte ?? entry);
  assert.equal(version, '0.1.0');
  const names = [
    'batch', 'canonicalize', 'card', 'codes', 'config', 'document', 'error', 'handle', 'index', 'input', 'job', 'json', 'jws', 'keyset', 'native',
    'options', 'public-key', 'receipt', 'result', 'signing-key', 'sqooler', 'verified-jws', 'verifier', 'walk',
    ...[
      'admit', 'client', 'environment', 'exchange', 'express', 'fastify', 'fetch', 'gateway', 'jwks', 'lock', 'node', 'pool', 'replay', 'respond', 'sent', 'settings',
      'verified', 'replay/connection', 'replay/index', 'replay/redis', 'replay/server',
    ].map((name) => `http/${name}`),
  ];
  const expected = [
    'README.md',
    'package.json',
    `native/${process.platform}-${process.arch}.node`,
    'dist/index.mjs',
    'dist/index.d.mts',
    ...names.flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`]),
  ];
  assert.deepEqual(files.map(({ path }) => path).sort(), expected.sort());
});

test('the lock file names no host of a registry', () => {
  assert.doesNotMatch(source('package-lock.json'), /"resolved"/);
});

test('another file is never loaded in the place of the native module', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'samebyte-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['package.json', 'dist']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  const load = () => {
    const script = `
      try { require(${JSON.stringify(folder)}); console.log('loaded'); }
      catch (error) { console.log(error.name, error.code, error.kind); }`;
    const env = { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: join(root, 'native', `${process.platform}-${process.arch}.node`) };
    return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env }).stdout.trim();
  };
  assert.equal(load(), 'SamebyteError library_unavailable usage');
  cpSync(join(root, 'native'), join(folder, 'native'), { recursive: true });
  assert.equal(load(), 'loaded');
  const manifest = JSON.parse(source('package.json'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.0' }));
  assert.equal(load(), 'SamebyteError abi_mismatch usage');
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'native', `${process.platform}-${process.arch}.node`), 'not a library');
  assert.equal(load(), 'SamebyteError library_unavailable usage');
});

test('worker threads have modules of their own', async () => {
  const { Worker } = await import('node:worker_threads');
  const script = `
    const { parentPort } = require('node:worker_threads');
    const { canonicalize, SigningKey } = require(${JSON.stringify(root)});
    SigningKey.generate('ES256K');
    parentPort.postMessage(canonicalize({ b: 1, a: 'ü' }).toString());`;
  const texts = await Promise.all(
    Array.from({ length: 3 }, () => new Promise((resolve, reject) => {
      const worker = new Worker(script, { eval: true });
      worker.once('message', resolve);
      worker.once('error', reject);
    })),
  );
  assert.deepEqual(texts, Array(3).fill('{"a":"ü","b":1}'));
});
