import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

import peer from 'canonicalize';
import { canonicalize, document, SigningKey } from 'samebyte';

import { values } from './random.mjs';
import { refused } from './support.mjs';

const DOCUMENTS = 100_000;

test(`a value, its JSON text and npm canonicalize agree on ${DOCUMENTS} random documents`, () => {
  const next = values(0x5a3eb17e);
  for (let count = 0; count < DOCUMENTS; count++) {
    // A string alone would be JSON text.
    const value = [next()];
    const text = JSON.stringify(value);
    const output = canonicalize(value).toString();
    assert.equal(output, peer(value), text);
    assert.equal(output, canonicalize(text).toString(), text);
    if (count % 10 === 0) {
      assert.equal(output, canonicalize(Buffer.from(JSON.stringify(value, null, 2))).toString(), text);
      assert.equal(output, canonicalize(output, { numbers: 'exact' }).toString(), text);
    }
  }
});

class Point {
  x = 1;
}

// What npm canonicalize replaces, drops or calls, and samebyte refuses: the known deviations.
const DEVIATIONS = [
  ['an undefined member', { a: undefined }, '{}', 'unsupported_type', '/a'],
  ['undefined in an array', [1, undefined], '[1,null]', 'unsupported_type', '/1'],
  ['a hole', [1, , 2], '[1,null,2]', 'unsupported_type', '/1'],
  ['undefined', undefined, undefined, 'unsupported_type', ''],
  ['a function', { f() {} }, '{}', 'unsupported_type', '/f'],
  ['a symbol', [Symbol('s')], '[null]', 'unsupported_type', '/0'],
  ['a member named by a symbol', { [Symbol('s')]: 1 }, '{}', 'key_not_string', ''],
  ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}', 'unsupported_type', '/at'],
  ['an object with toJSON', { a: { toJSON: () => 1 } }, '{"a":1}', 'unsupported_type', '/a/toJSON'],
  ['a map', new Map([[1, 2]]), '{}', 'unsupported_type', ''],
  ['a set', [new Set([1])], '[{}]', 'unsupported_type', '/0'],
  ['an instance of a class', { 'p/~': new Point() }, '{"p/~":{"x":1}}', 'unsupported_type', '/p~1~0'],
  ['an object over another', Object.create({ a: 1 }), '{}', 'unsupported_type', ''],
  ['a boxed string', [new String('s')], '["s"]', 'unsupported_type', '/0'],
  ['a boxed number', [new Number(1)], '[1]', 'unsupported_type', '/0'],
  ['a boxed boolean', [new Boolean(true)], '[true]', 'unsupported_type', '/0'],
  ['a typed array', [new Uint16Array([7])], '[{"0":7}]', 'unsupported_type', '/0'],
  ['bytes inside a value', { b: Buffer.from('x') }, '{"b":{"data":[120],"type":"Buffer"}}', 'unsupported_type', '/b'],
  ['an error', new Error('e'), '{}', 'unsupported_type', ''],
  ['a regular expression', /x/, '{}', 'unsupported_type', ''],
];

for (const [name, value, theirs, code, pointer] of DEVIATIONS) {
  test(`refused where npm canonicalize writes something else: ${name}`, () => {
    assert.equal(peer(value), theirs);
    assert.equal(refused(code, () => canonicalize(value)).detail.pointer, pointer);
  });
}

// What both refuse.
const cycle = { a: [] };
cycle.a.push(cycle);
const REFUSED = [
  ['NaN', { a: [0, NaN] }, 'number_not_finite', '/a/1'],
  ['Infinity', [Infinity], 'number_not_finite', '/0'],
  ['-Infinity', -Infinity, 'number_not_finite', ''],
  ['a bigint', { n: 1n }, 'unsupported_type', '/n'],
  ['a large bigint', [2n ** 64n], 'unsupported_type', '/0'],
  ['half a surrogate pair', ['\ud800'], 'lone_surrogate', '/0'],
  ['the other half', { a: 'x\udc00y' }, 'lone_surrogate', '/a'],
  ['a pair in the wrong order', ['\ude00\ud83d'], 'lone_surrogate', '/0'],
  ['half a pair in a name', { b: { '\udfff': 1 } }, 'lone_surrogate', undefined],
  ['half a pair in a long string', ['x'.repeat(100) + '\ud83d'], 'lone_surrogate', '/0'],
];

for (const [name, value, code, pointer] of REFUSED) {
  test(`refused: ${name}`, () => {
    assert.throws(() => peer(value));
    const error = refused(code, () => canonicalize(value));
    if (pointer !== undefined) {
      assert.equal(error.detail.pointer, pointer);
    }
  });
}

test('refused: an object that holds itself', () => {
  assert.throws(() => peer(cycle));
  refused('too_deep', () => canonicalize(cycle));
});

test('refusals hold for everything that takes an object', () => {
  const key = SigningKey.generate('EdDSA');
  refused('unsupported_type', () => document.sign({ a: undefined }, key, 'application/x.test+json'));
  refused('unsupported_type', () => SigningKey.fromJwk(new Map()));
});

test('plain objects and arrays of other kinds are values', () => {
  const bare = Object.assign(Object.create(null), { b: 1, a: [] });
  assert.equal(canonicalize(bare).toString(), '{"a":[],"b":1}');
  const foreign = vm.runInNewContext('({ b: [1, { c: null }], a: "x" })');
  assert.equal(canonicalize(foreign).toString(), '{"a":"x","b":[1,{"c":null}]}');
  refused('unsupported_type', () => canonicalize(vm.runInNewContext('new Date(0)')));
  refused('unsupported_type', () => canonicalize(new (class List extends Array {})()));
  assert.equal(canonicalize(Object.freeze({ a: Object.freeze([1]) })).toString(), '{"a":[1]}');
  assert.equal(canonicalize(new Proxy({ b: 1, a: 2 }, {})).toString(), '{"a":2,"b":1}');
});

test('members that are not enumerable, and inherited ones, are none', () => {
  const value = Object.defineProperty({ a: 1 }, 'hidden', { value: 2, enumerable: false });
  assert.equal(canonicalize(value).toString(), '{"a":1}');
  Object.prototype.inherited = 1;
  try {
    assert.equal(canonicalize({ a: 1 }).toString(), '{"a":1}');
  } finally {
    delete Object.prototype.inherited;
  }
});

test('members with the names of methods are members', () => {
  const text = '{"__proto__":{"a":1},"constructor":1,"hasOwnProperty":2,"toJSON":3}';
  assert.equal(canonicalize(JSON.parse(text)).toString(), text);
  assert.equal(canonicalize(text).toString(), text);
});

test('a value is read once, and may call samebyte meanwhile', () => {
  let reads = 0;
  const value = {
    b: 'after',
    get a() {
      reads++;
      return canonicalize({ y: reads, x: ['inner'] }).toString();
    },
    c: ['long '.repeat(50)],
  };
  assert.equal(
    canonicalize(value).toString(),
    `{"a":"{\\"x\\":[\\"inner\\"],\\"y\\":1}","b":"after","c":["${'long '.repeat(50)}"]}`,
  );
  assert.equal(reads, 1);
});

test('what a getter throws arrives, and leaves nothing behind', () => {
  const fault = new RangeError('mine');
  const value = [{ deep: { get a() { throw fault; } } }];
  assert.throws(() => canonicalize(value), (error) => error === fault);
  assert.equal(canonicalize({ b: [1], a: 2 }).toString(), '{"a":2,"b":[1]}');
});

test('objects larger than the scratch', () => {
  const value = Array.from({ length: 60_000 }, (_, index) => ({ index, text: `number ${index} of many`, half: index / 2 }));
  assert.equal(canonicalize(value).toString(), peer(value));
});
