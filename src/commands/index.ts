import { attribution } from './attribution.js';
import type { Command } from './command.js';
import { demo } from './demo.js';
import { diff } from './diff.js';
import { doctor } from './doctor.js';
import { history } from './history.js';
import { inspect } from './inspect.js';
import { init } from './init.js';
import { lab } from './lab.js';
import { merge } from './merge.js';
import { plan } from './plan.js';
import { probes } from './probes.js';
import { report } from './report.js';
import { scan } from './scan.js';

/** In the order in which a newcomer needs them. */
export const commands: readonly Command[] = [
  init,
  plan,
  doctor,
  scan,
  inspect,
  report,
  history,
  diff,
  merge,
  probes,
  attribution,
  lab,
  demo,
];
