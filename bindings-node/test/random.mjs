// Seeded random JSON values for the property tests.

/** A generator of 32-bit integers (xorshift32), so that a failure can be repeated. */
export function integers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const NAMES = ['', '__proto__', 'constructor', 'toJSON', 'hasOwnProperty', 'length', '0', '10', '9', 'a', 'A', '~/', '"', '\\'];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 2 ** 53 + 2, 4.5, 1e23];
// First and last character of each range that strings are made of; together they take every way through the walk.
const RANGES = [[0x20, 0x7e], [0x00, 0x1f], [0x61, 0x7a], [0x80, 0xff], [0x4e00, 0x9fff], [0xe000, 0xffff], [0x1f300, 0x1f6ff]];

/** A function that gives one random JSON value a call. */
export function values(seed) {
  const next = integers(seed);
  const below = (limit) => next() % limit;
  const pick = (list) => list[below(list.length)];
  const bits = new DataView(new ArrayBuffer(8));

  function string() {
    let text = '';
    for (let count = below(8) === 0 ? below(200) : below(12); count > 0; count--) {
      const [first, last] = below(4) === 0 ? pick(RANGES) : RANGES[0];
      text += String.fromCodePoint(first + below(last - first + 1));
    }
    return text;
  }

  function number() {
    switch (below(4)) {
      case 0:
        return pick(NUMBERS);
      case 1:
        return below(2000) - 1000;
      case 2:
        return below(1e9) / 100;
      default:
        bits.setUint32(0, next());
        bits.setUint32(4, next());
        return Number.isFinite(bits.getFloat64(0)) ? bits.getFloat64(0) : 1.5;
    }
  }

  function value(depth) {
    switch (below(depth > 0 ? 7 : 5)) {
      case 0:
        return pick([null, true, false]);
      case 1:
      case 2:
        return number();
      case 3:
      case 4:
        return string();
      case 5:
        return Array.from({ length: below(6) }, () => value(depth - 1));
      default: {
        const object = below(8) === 0 ? Object.create(null) : {};
        for (let count = below(9); count > 0; count--) {
          // `__proto__` as a member of its own, which an assignment does not make.
          const name = below(4) === 0 ? pick(NAMES) : string();
          Object.defineProperty(object, name, {
            value: value(depth - 1),
            enumerable: true,
            writable: true,
            configurable: true,
          });
        }
        return object;
      }
    }
  }

  return () => value(4);
}
