/**
 * npm run fuzz -- --payloads N --seed S --seconds T --first-block B
 *
 * Mutates the captures of real servers and the answers of the emulated ones, and gives the outcome to every reader:
 * `read`, the nonce, `judge`, `next` and `dissect` of each probe. Nothing may throw, keep more than the payload says,
 * leave a gap between fields, ask without end, or take longer than the law of test/fuzz/cost.ts. Payloads come in
 * blocks of 10,000, each from a seed of its own, so that a run may be done in parts and any block again.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: {
    payloads: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '600' },
    'first-block': { type: 'string', default: '0' },
  },
});
const result = fuzz({
  payloads: Number(values.payloads),
  seed: Number(values.seed),
  milliseconds: 1000 * Number(values.seconds),
  firstBlock: Number(values['first-block']),
});
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.failures.length > 0 ? 1 : 0;
