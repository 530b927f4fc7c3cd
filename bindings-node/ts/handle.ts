/** What the constructors of handles ask for: handles are made by this package alone. */
export const TOKEN = Symbol('samebyte');

/** How an object says what `util.inspect` prints of it. */
export const inspect = Symbol.for('nodejs.util.inspect.custom');
