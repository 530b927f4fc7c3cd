import { SamebyteError } from './error.js';
import { DEFAULT_BOUNDS, run } from './input.js';
import { native } from './native.js';

/** The options that a function knows, each with its name at the door. */
export type Names = Readonly<Record<string, string>>;

/** The options if they are an object that names nothing but what is known. */
export function optionsArgument<T extends object>(options: T, names: Names): T {
  if (typeof options !== 'object' || options === null) {
    throw new SamebyteError('invalid_argument', 'options are an object', { argument: 'options' });
  }
  for (const option of Object.keys(options)) {
    if (!Object.hasOwn(names, option)) {
      throw new SamebyteError('unknown_option', 'an option is not known', { option });
    }
  }
  return options;
}

/** The options as JSON for the door, which says what each may be. One that is `undefined` is absent. */
export function optionsJson(options: object | undefined, names: Names): string | undefined {
  if (options === undefined) {
    return undefined;
  }
  let members = '';
  for (const [option, value] of Object.entries(optionsArgument(options, names))) {
    if (value !== undefined) {
      members += `,"${names[option] as string}":${json(option, value)}`;
    }
  }
  return `{${members.slice(1)}}`;
}

function json(option: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') {
    throw new SamebyteError('invalid_argument', 'an option has no JSON text', { option });
  }
  const text = run(value, DEFAULT_BOUNDS, (bytes, length, form, pool, offset) =>
    native.jcsCanonicalize(bytes, length, form, pool, offset, 'exact'),
  );
  return text.toString();
}
