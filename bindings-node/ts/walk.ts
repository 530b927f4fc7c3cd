import type { Code } from './codes.js';
import { SamebyteError } from './error.js';

/** How deep and how large a value may be, as the reader of JSON text has it. */
export interface Bounds {
  readonly maxDepth: number;
  readonly maxBytes: number;
}

// The tags of `src/tokens.rs`.
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const INTEGER = 3;
const NUMBER = 4;
const STRING = 5;
const KEY = 7;
const BEGIN_ARRAY = 9;
const END_ARRAY = 10;
const BEGIN_OBJECT = 11;
const END_OBJECT = 12;

/**
 * A string of up to so many units is encoded by a loop, which is faster than a call of `write`. At most 85, so that its
 * length in bytes fits a byte.
 */
const SHORT = 64;
/** No token but a string is longer than this. */
const SMALL = 16;
/** No canonical text is shorter than a quarter of its tokens; the worst case is `1.5,` in nine bytes. */
const TOKENS_PER_BYTE = 4;

/** A UTF-16 unit takes no more bytes than this in UTF-8. Room for all of them spares V8 a pass over the string. */
const UTF8_PER_UNIT = 3;
const LONE_SURROGATE = /\p{Surrogate}/u;

const { getPrototypeOf, getOwnPropertySymbols, keys: ownKeys, prototype: objectPrototype } = Object;
const { hasOwnProperty, propertyIsEnumerable } = objectPrototype;
const { isArray, prototype: arrayPrototype } = Array;

type Members = Record<string, unknown>;

/**
 * Memory in which an input is handed to the native module: a JavaScript value as tokens (`src/tokens.rs`), or text.
 *
 * Every value is read exactly once, and what has no JSON text is refused where it stands. Nesting is kept on a stack of
 * its own, so that no depth overflows the stack of the engine.
 */
export class Scratch {
  bytes: Buffer;
  length = 0;
  #view: DataView;
  // The containers above the current one, with their names and the place where reading goes on.
  readonly #containers: (Members | unknown[] | null)[] = [];
  readonly #names: (string[] | null)[] = [];
  readonly #places: number[] = [];

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Holds JSON text in UTF-8. */
  writeText(text: string): void {
    if (!text.isWellFormed()) {
      const offset = Buffer.byteLength(text.slice(0, text.search(LONE_SURROGATE)));
      throw new SamebyteError('lone_surrogate', 'a string holds half of a surrogate pair', { offset });
    }
    if (this.bytes.length < UTF8_PER_UNIT * text.length) {
      this.#replace(UTF8_PER_UNIT * text.length);
    }
    this.length = this.bytes.write(text, 0);
  }

  /** Holds the value as tokens. */
  writeValue(value: unknown, bounds: Bounds): void {
    this.length = 0;
    try {
      this.#walk(value, bounds);
    } catch (error) {
      // Only a walk that ends early leaves containers behind.
      this.#containers.fill(null);
      this.#names.fill(null);
      throw error;
    }
  }

  /** Overwrites what is held. */
  wipe(): void {
    this.bytes.fill(0, 0, this.length);
  }

  #walk(root: unknown, bounds: Bounds): void {
    const containers = this.#containers;
    const names = this.#names;
    const places = this.#places;
    const largest = TOKENS_PER_BYTE * bounds.maxBytes + SMALL;
    let depth = 0;
    let container: Members | unknown[] | null = null;
    let members: string[] | null = null;
    let place = 0;
    let value = root;

    const refuse = (code: Code, message: string): never => {
      containers[depth] = container;
      names[depth] = members;
      places[depth] = place;
      throw new SamebyteError(code, message, { pointer: pointer(names, places, depth) });
    };

    for (;;) {
      if (this.length + SMALL > this.bytes.length) {
        this.#grow(SMALL);
      }
      switch (typeof value) {
        case 'string':
          if (!this.#string(value, STRING)) {
            refuse('lone_surrogate', 'a string holds half of a surrogate pair');
          }
          break;
        case 'number':
          if ((value | 0) === value) {
            this.bytes[this.length] = INTEGER;
            this.#view.setInt32(this.length + 1, value, true);
            this.length += 5;
          } else if (value - value === 0) {
            this.bytes[this.length] = NUMBER;
            this.#view.setFloat64(this.length + 1, value, true);
            this.length += 9;
          } else {
            refuse('number_not_finite', 'NaN and the infinities have no JSON text');
          }
          break;
        case 'boolean':
          this.bytes[this.length++] = value ? TRUE : FALSE;
          break;
        case 'object': {
          if (value === null) {
            this.bytes[this.length++] = NULL;
            break;
          }
          if (depth >= bounds.maxDepth) {
            refuse('too_deep', 'arrays and objects are nested deeper than the limit, or hold themselves');
          }
          const prototype: unknown = getPrototypeOf(value);
          if (prototype === objectPrototype || prototype === null || isForeignObject(value, prototype)) {
            if (hasSymbols(value)) {
              refuse('key_not_string', 'an object has a member whose name is a symbol');
            }
            this.bytes[this.length++] = BEGIN_OBJECT;
            containers[depth] = container;
            names[depth] = members;
            places[depth] = place;
            depth++;
            container = value as Members;
            members = ownKeys(value);
            place = 0;
          } else if (isArray(value) && (prototype === arrayPrototype || isArray(prototype))) {
            this.bytes[this.length++] = BEGIN_ARRAY;
            containers[depth] = container;
            names[depth] = members;
            places[depth] = place;
            depth++;
            container = value;
            members = null;
            place = 0;
          } else {
            refuse('unsupported_type', `an instance of ${className(value)} has no JSON text`);
          }
          break;
        }
        default:
          refuse('unsupported_type', `a value of type ${typeof value} has no JSON text`);
      }

      // The next value: the next one of this container, or of the nearest that has one left.
      for (;;) {
        if (this.length > largest) {
          refuse('too_large', 'the value is larger than the limit');
        }
        if (container === null) {
          return;
        }
        if (members === null) {
          if (place < (container as unknown[]).length) {
            value = (container as unknown[])[place++];
            break;
          }
        } else if (place < members.length) {
          const name = members[place++] as string;
          if (!this.#string(name, KEY)) {
            refuse('lone_surrogate', 'the name of a member holds half of a surrogate pair');
          }
          value = (container as Members)[name];
          break;
        }
        if (this.length + SMALL > this.bytes.length) {
          this.#grow(SMALL);
        }
        this.bytes[this.length++] = members === null ? END_ARRAY : END_OBJECT;
        depth--;
        container = containers[depth] as Members | unknown[] | null;
        members = names[depth] as string[] | null;
        place = places[depth] as number;
        containers[depth] = null;
        names[depth] = null;
      }
    }
  }

  /** Writes a string or a name, `tag` for a short one, else `tag + 1`; `false` where it is not well-formed. */
  #string(text: string, tag: number): boolean {
    const count = text.length;
    if (this.length + UTF8_PER_UNIT * count + SMALL > this.bytes.length) {
      this.#grow(UTF8_PER_UNIT * count + SMALL);
    }
    const bytes = this.bytes;
    const start = this.length;
    if (count <= SHORT) {
      let at = start + 2;
      for (let index = 0; index < count; index++) {
        const unit = text.charCodeAt(index);
        if (unit < 0x80) {
          bytes[at++] = unit;
          continue;
        }
        if (unit < 0x800) {
          bytes[at++] = 0xc0 | (unit >> 6);
        } else if ((unit & 0xf800) !== 0xd800) {
          bytes[at++] = 0xe0 | (unit >> 12);
          bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        } else {
          const low = ++index < count ? text.charCodeAt(index) : 0;
          if (unit > 0xdbff || (low & 0xfc00) !== 0xdc00) {
            return false;
          }
          const character = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
          bytes[at++] = 0xf0 | (character >> 18);
          bytes[at++] = 0x80 | ((character >> 12) & 0x3f);
          bytes[at++] = 0x80 | ((character >> 6) & 0x3f);
          bytes[at++] = 0x80 | (character & 0x3f);
          continue;
        }
        bytes[at++] = 0x80 | (unit & 0x3f);
      }
      bytes[start] = tag;
      bytes[start + 1] = at - start - 2;
      this.length = at;
      return true;
    }
    if (!text.isWellFormed()) {
      return false;
    }
    const length = bytes.write(text, start + 5);
    bytes[start] = tag + 1;
    this.#view.setUint32(start + 1, length, true);
    this.length = start + 5 + length;
    return true;
  }

  #grow(more: number): void {
    const held = this.bytes;
    this.#replace(2 * (this.length + more));
    held.copy(this.bytes, 0, 0, this.length);
    held.fill(0, 0, this.length);
  }

  #replace(size: number): void {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.bytes.buffer);
  }
}

/** Whether the object is a plain one of another realm (a `vm` context, a frame). */
function isForeignObject(value: object, prototype: unknown): boolean {
  return (
    !isArray(value) &&
    getPrototypeOf(prototype) === null &&
    hasOwnProperty.call(prototype, 'isPrototypeOf')
  );
}

/** Whether a member has a symbol for a name. Members that are not enumerable are none to JSON. */
function hasSymbols(value: object): boolean {
  const symbols = getOwnPropertySymbols(value);
  return symbols.length > 0 && symbols.some((symbol) => propertyIsEnumerable.call(value, symbol));
}

/** The name of the class of an object, for a message. */
function className(value: object): string {
  const name: unknown = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : 'an unnamed class';
}

/** The JSON pointer (RFC 6901) of the value that was being read. */
function pointer(names: readonly (string[] | null)[], places: readonly number[], depth: number): string {
  let text = '';
  for (let level = 1; level <= depth; level++) {
    const last = (places[level] as number) - 1;
    const name = names[level]?.[last] ?? String(last);
    text += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return text;
}
