/**
 * The seed of every property, loaded before each test file. One seed, so that the same commit gives the same
 * result wherever it is tested; what fails prints its seed, and AMPSCOPE_TEST_SEED takes that, or `random`.
 */
import fc from 'fast-check';

const DEFAULT_SEED = 20_261_121;
const asked = process.env['AMPSCOPE_TEST_SEED'];
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? DEFAULT_SEED : Number(asked) });
