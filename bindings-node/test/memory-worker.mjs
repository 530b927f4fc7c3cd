// One of several processes that would keep their nonces in memory.
import { Gateway } from 'samebyte';

try {
  globalThis.gateway = new Gateway({ publicOrigins: [process.argv[2]], trust: { keys: [] }, mode: 'observe' });
  process.send('started');
} catch (error) {
  process.send(error.code);
}
setInterval(() => {}, 1000);
