import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { canonicalize, sha256 } from 'samebyte';

import { refused } from './support.mjs';

test('text in any form gives the same bytes', () => {
  const text = '{ "b": [1.50, "\\u20ac", "\ud83d\ude00"], "a": null }';
  const expected = '{"a":null,"b":[1.5,"€","😀"]}';
  for (const input of [text, Buffer.from(text), new Uint8Array(Buffer.from(text))]) {
    const output = canonicalize(input);
    assert.ok(Buffer.isBuffer(output));
    assert.equal(output.toString(), expected);
  }
});

test('a view of bytes is read within its bounds', () => {
  const bytes = Buffer.from('xx[1, 2]yy');
  assert.equal(canonicalize(bytes.subarray(2, 8)).toString(), '[1,2]');
});

test('an output can be an input, and outputs do not overwrite each other', () => {
  const outputs = Array.from({ length: 5000 }, (_, index) => canonicalize(`{"b":${index}, "a":"${'x'.repeat(index % 60)}"}`));
  for (const [index, output] of outputs.entries()) {
    assert.equal(output.toString(), `{"a":"${'x'.repeat(index % 60)}","b":${index}}`);
    assert.deepEqual(canonicalize(output), output);
  }
});

test('outputs of every size around the pooled one', () => {
  for (const length of [0, 1, 4091, 4092, 4093, 4094, 4095, 4096, 4097, 32768, 1_000_000]) {
    const value = { text: 'é'.repeat(length) };
    assert.equal(canonicalize(value).toString(), JSON.stringify(value));
    assert.equal(canonicalize(JSON.stringify(value)).toString(), JSON.stringify(value));
    const reordered = { ...value, a: 1 };
    const expected = JSON.stringify({ a: 1, ...value });
    assert.equal(canonicalize(reordered).toString(), expected);
    assert.equal(canonicalize(JSON.stringify(reordered)).toString(), expected);
  }
});

test('the memory of large outputs is given back while a program works', () => {
  const text = JSON.stringify('x'.repeat(1 << 20));
  const object = { reordered: 'x'.repeat(1 << 20), first: 1 };
  const before = process.memoryUsage.rss();
  for (let index = 0; index < 400; index++) {
    assert.equal(canonicalize(text).length, text.length);
    assert.equal(canonicalize(object).length, (1 << 20) + 26);
  }
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 400 * (1 << 20), `800 outputs of a MiB, one after the other, hold ${grown} bytes`);
});

test('numbers: two policies', () => {
  assert.equal(canonicalize('9007199254740993').toString(), '9007199254740992');
  refused('number_not_exact', () => canonicalize('9007199254740993', { numbers: 'exact' }));
  assert.equal(canonicalize('[0.10, 1e2, -0]', { numbers: 'exact' }).toString(), '[0.1,100,0]');
  // A number of JavaScript is a double, and the text of a double is exact.
  assert.equal(canonicalize([2 ** 53 + 2, 1e23, -0], { numbers: 'exact' }).toString(), '[9007199254740994,1e+23,0]');
});

test('limits hold for text and for values', () => {
  const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
  for (const make of [nested, (depth) => JSON.parse(nested(depth))]) {
    assert.equal(canonicalize(make(128)).toString(), nested(128));
    refused('too_deep', () => canonicalize(make(129)));
    assert.equal(canonicalize(make(3), { maxDepth: 3 }).toString(), nested(3));
    refused('too_deep', () => canonicalize(make(4), { maxDepth: 3 }));
  }
  const text = '"0123456789"';
  for (const input of [text, Buffer.from(text), ['12345678']]) {
    assert.equal(canonicalize(input, { maxBytes: 12 }).length, 12);
    refused('too_large', () => canonicalize(input, { maxBytes: 11 }));
  }
});

test('a value a million levels deep, where the limit allows it', () => {
  const depth = 1_000_000;
  let value = [];
  for (let level = 1; level < depth; level++) {
    value = [value];
  }
  assert.equal(canonicalize(value, { maxDepth: depth }).length, 2 * depth);
  refused('too_deep', () => canonicalize(value, { maxDepth: depth - 1 }));
});

test('one array many times over is too large, not endless', () => {
  let value = ['x'.repeat(1000)];
  for (let level = 0; level < 60; level++) {
    value = [value, value];
  }
  refused('too_large', () => canonicalize(value));
});

test('options are checked', () => {
  assert.equal(refused('unknown_option', () => canonicalize('1', { depth: 1 })).detail.option, 'depth');
  refused('unknown_option', () => canonicalize('1', { max_depth: 1 }));
  refused('unknown_option', () => canonicalize('1', { toString: 1 }));
  for (const maxDepth of [-1, 1.5, NaN, Infinity, '3', null, 2n]) {
    assert.equal(refused('invalid_argument', () => canonicalize('1', { maxDepth })).detail.option, 'maxDepth');
  }
  refused('invalid_argument', () => canonicalize('1', { numbers: 'double' }));
  refused('invalid_argument', () => canonicalize('1', { numbers: 1 }));
  refused('invalid_argument', () => canonicalize('1', null));
  refused('invalid_argument', () => canonicalize('1', 'exact'));
  assert.equal(canonicalize('1', { maxDepth: undefined, numbers: undefined }).toString(), '1');
});

test('sha256 is the digest of the canonical text', () => {
  const expected = createHash('sha256').update('{"a":0.1,"b":"é"}').digest('hex');
  for (const input of ['{"b":"é","a":0.10}', Buffer.from('{"b":"\\u00e9","a":1e-1}'), { b: 'é', a: 0.1 }]) {
    assert.equal(sha256(input).toString('hex'), expected);
  }
  refused('number_not_exact', () => sha256('9007199254740993', { numbers: 'exact' }));
  refused('unknown_option', () => sha256('1', { depth: 1 }));
});

test('errors of the reader carry offset and pointer', () => {
  const error = refused('duplicate_member', () => canonicalize('{"a":{"b":1,"\\u0062":2}}'));
  assert.equal(error.detail.pointer, '/a/b');
  assert.equal(error.detail.offset, 12);
  refused('invalid_utf8', () => canonicalize(Buffer.from([0x22, 0xff, 0x22])));
  refused('byte_order_mark', () => canonicalize('\ufeff1'));
  refused('trailing_bytes', () => canonicalize('1 2'));
  refused('invalid_json', () => canonicalize(''));
  refused('invalid_json', () => canonicalize(new Uint8Array(0)));
  refused('control_character', () => canonicalize('"\n"'));
  refused('number_overflow', () => canonicalize('1e400'));
});

test('a lone surrogate in text is refused, raw and escaped', () => {
  assert.equal(refused('lone_surrogate', () => canonicalize('"é\ud800"')).detail.offset, 3);
  refused('lone_surrogate', () => canonicalize('"\\ud800"'));
  // At each place of the blocks in which text is narrowed, and a pair across their border.
  for (let length = 0; length < 140; length++) {
    const padding = 'x'.repeat(length);
    refused('lone_surrogate', () => canonicalize(`"${padding}\udc00${padding}"`));
    refused('lone_surrogate', () => canonicalize(`"é${padding}\ud83d${padding}"`));
    assert.equal(canonicalize(`"é${padding}😀${padding}"`).toString(), `"é${padding}😀${padding}"`);
  }
});

test('bytes over shared memory are refused', () => {
  refused('invalid_argument', () => canonicalize(new Uint8Array(new SharedArrayBuffer(8))));
});
