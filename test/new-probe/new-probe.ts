/**
 * `npm run new-probe -- ID --port N` writes what a new probe needs, and says what is left to do. With `--small-service`
 * it is one file of probes/small-services. Into the current folder, which is a checkout.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { skeletonOf, withLine, type NewProbe } from './skeleton.js';

const INDEX = 'probes/index.ts';

const asked = newProbe(process.argv.slice(2));
if (typeof asked === 'string') {
  console.error(`new-probe: error: ${asked}`);
  console.error('new-probe: hint: npm run new-probe -- ntp-monlist --port 123');
  process.exitCode = 2;
} else write(asked);

/** The probe that the arguments ask for, or what is wrong with them. */
function newProbe(args: readonly string[]): NewProbe | string {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, 'small-service': { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
  }
  const { values, positionals } = parsed;
  const [id, ...more] = positionals;
  const port = Number(values.port);
  const isSmallService = values['small-service'] ?? false;
  if (id === undefined || more.length > 0) return 'one id is needed';
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    return `"${id}" is not a protocol and a question in lower case`;
  if (isSmallService && id.includes('-')) return `"${id}" is not the name of one protocol`;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return `"${values.port ?? ''}" is not a UDP port`;
  if (!existsSync(INDEX)) return `no ${INDEX} in this folder`;
  return { id, port, isSmallService };
}

function write(probe: NewProbe): void {
  const { files, indexLine } = skeletonOf(probe, existsSync);
  const taken = [...files.keys()].find(existsSync);
  if (taken !== undefined) {
    console.error(`new-probe: error: ${taken} is there already`);
    console.error('new-probe: hint: choose another id, or delete it');
    process.exitCode = 2;
    return;
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join('.', path)), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
  writeFileSync(INDEX, withLine(readFileSync(INDEX, 'utf8'), indexLine));
  console.log(`wrote its line into ${INDEX}

What is left, as CONTRIBUTING.md has it under "Adding a protocol":
  1. fill every TODO of these files, and name the capture after its server
  2. npm test -- conformance, until nothing fails
  3. a server of Debian in test/servers/real-servers.ts and a row in test/servers/self-checks.test.ts
  4. a real server in test/servers, tests of its own, a line in the CHANGELOG`);
}
