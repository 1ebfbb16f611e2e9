import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const out = join(workspace.path, 'exposure');
const scope = workspace.write('scope.yaml', scopeText());
const expired = workspace.write('expired.yaml', scopeText({ valid_until: '2020-01-01' }));
const unknownKey = workspace.write('unknown.yaml', `${scopeText()}limit: { rate: 5 }\n`);
const hostBits = workspace.write('bits.yaml', scopeText({ networks: '[{ prefix: 127.9.0.5/24 }]' }));
const both = workspace.write(
  'both.yaml',
  scopeText({ networks: '[{ prefix: 127.9.0.0/24 }, { prefix: "::1" }, { prefix: "2001:db8::/32" }]' }),
);
/** Filled in, but for the network that init wrote. */
const template = workspace.write(
  'template.yaml',
  scopeText({ networks: '[{ prefix: 192.0.2.0/24, as_name: EXAMPLE-AS }, { prefix: 127.9.0.0/24 }]' }),
);
const tunnel = workspace.write('tunnel.yaml', scopeText({ networks: '[{ prefix: "2002:7f09::/120" }]' }));
const excluding = workspace.write('excluding.yaml', scopeText({ exclude: '[127.9.0.7]' }));

/** Command, then exactly the two lines that must stand on stderr; nothing else may. */
const WRONG_USE: readonly (readonly [words: readonly string[], error: RegExp, hint: RegExp])[] = [
  [[], /no command is named/, /ampscope --help/],
  [['scna'], /there is no command "scna"/, /did you mean ampscope scan/],
  [['nonsense'], /nonsense/, /ampscope --help/],
  [['scan', '--scope', 'none.yaml'], /none\.yaml: no such file/, /ampscope init/],
  [['scan', '--scope', scope, '--nonsense'], /nonsense/, /ampscope scan --help/],
  [['scan', '--scope', scope, '127.9.1.1'], /127\.9\.1\.1/, /./],
  [['scan', '--scope', scope, '127.0.0.0/8'], /127\.0\.0\.0/, /./],
  [['scan', '--scope', expired], /expired\.yaml.*2020-01-01/, /./],
  [['scan', '--scope', unknownKey], /unknown\.yaml:6: .*limit/, /limits/],
  [['scan', '--scope', hostBits], /bits\.yaml:5: "127\.9\.0\.5\/24" has host bits set/, /127\.9\.0\.0\/24/],
  [['scan', '--scope', excluding, '127.9.0.7'], /127\.9\.0\.7.*exclu/, /./],
  [['scan', '--scope', scope, '--exclude', '127.9.0.0/24'], /exclu|nothing/, /./],
  [['scan', '--scope', scope, '127.9.0.5/24'], /host bits/, /127\.9\.0\.0\/24/],
  [['scan', '--scope', scope, 'exclude:127.9.0.0/24'], /exclude:127/, /./],
  [['scan', '--scope', scope, '::1'], /"::1" is outside the scope/, /scope\.yaml/],
  [['scan', '--scope', both, '2001:db8::/64'], /"2001:db8::\/64" .* shorter than \/112/, /--targets/],
  [['scan', '--scope', both, 'fe80::1'], /"fe80::1" is never probed: .*zone/, /leave it out/],
  [['plan', '--scope', both, '2002:7f09:1::1'], /"2002:7f09:1::1" is never probed: .*6to4.*IPv4/, /leave it/],
  [['plan', '--scope', both, '2001:0:a::1'], /"2001:0:a::1" is never probed: .*Teredo.*IPv4/, /leave it/],
  [['plan', '--scope', tunnel], /tunnel\.yaml:5: "2002:7f09::\/120" is never probed: .*6to4/, /remove/],
  [['plan', '--scope', template], /template\.yaml still holds example values/, /whose/],
  [['scan', '--scope', both, 'fe80::1%lo'], /"fe80::1%lo"/, /zone/],
  [['scan', '--scope', both, '--source', '127.0.0.1', '::1'], /"::1" .* source address is IPv4/, /two runs/],
  [['scan', '--scope', both, '--source', '::1', '127.9.0.1'], /source address is IPv6/, /two runs/],
  [
    ['scan', '--scope', both, '--source', '127.0.0.1/8'],
    /--source: "127\.0\.0\.1\/8" is not an address/,
    /prefix/,
  ],
  [['scan', '--scope', scope, '224.0.0.1'], /224\.0\.0\.1/, /./],
  [
    ['scan', '--scope', scope, '--rate', '5000'],
    /--rate: 5000 is above the scope's limit of 1000/,
    /limits\.rate/,
  ],
  [['scan', '--scope', scope, '--rate', 'abc'], /--rate: "abc"/, /./],
  [['scan', '--scope', scope, '--rate', '0x10'], /--rate: "0x10"/, /./],
  [['scan', '--scope', scope, '--rate', '1', '--rate', '2'], /--rate is given 2 times/, /once/],
  [['scan', '--scope', scope, '--rate'], /rate/, /./],
  [
    ['scan', '--scope', scope, '--severity-high', '1'],
    /--severity-high: "1" .* from 2 to/,
    /--severity-high 20/,
  ],
  [
    ['scan', '--scope', scope, '--severity-high', '200'],
    /--severity-high: 100 for critical is less than 200 for high/,
    /give both/,
  ],
  [['scan', '--scope', scope, '--cooldown', '8'], /--cooldown: "8" is not a duration/, /8s/],
  [['scan', '--scope', scope, '--probe', 'ntp'], /--probe: "ntp" is not a probe/, /ntp-monlist/],
  [['scan', '--scope', scope, '--port', 'chargen'], /--port: "chargen"/, /=/],
  [['scan', '--scope', scope, '--port', 'chargen=99999'], /--port: 99999 is not a UDP port/, /chargen=/],
  [['scan', '--scope', scope, '--scpoe', 'x'], /--scpoe is not understood here/, /scan --help/],
  [
    ['scan', '--scope', template, '127.9.0.1'],
    /template\.yaml still holds example values .*192\.0\.2\.0\/24/,
    /whose/,
  ],
  [['scan', '--scope', scope, '--port', 'nothing=99999'], /--port: "nothing" is not a probe/, /chargen/],
  [
    ['scan', '--scope', scope, '--retries', '-1'],
    /--retries: "-1" is not a whole number from 0 to 10/,
    /--retries 1/,
  ],
  [['scan', '--scope', scope, '--fail-on'], /--fail-on has no value/, /scan --help/],
  [['scan', '--scope', scope, '--out', '/proc/nowhere/at-all'], /\/proc\/nowhere\/at-all: cannot/, /--out/],
  [['history'], /history: <what> is missing/, /an AS number/],
  [['scan', '--scope', scope, '--fail-on', 'bad'], /--fail-on/, /critical/],
  [['scan', '--scope', scope, '--file-mode', '0777'], /--file-mode/, /0640/],
  [['scan', '--scope', scope, '--asn-map', 'no-such-map'], /no-such-map/, /./],
  [['scan', '--scope', scope, '--source', '192.0.2.1', '--probe', 'chargen'], /192\.0\.2\.1/, /ip address/],
  [['scan', '--scope', scope, '--targets', 'no-such-list'], /no-such-list/, /./],
  [['scan', '--scope', scope, '--', '--out'], /"--out" is not an address/, /./],
  [['scan', '--scope', scope, '--checkpoint', 'banana'], /--checkpoint: "banana" is not a duration/, /8s/],
  [['scan', '--scope', scope, '--shard', '1/2'], /--shard: a shard needs a seed/, /--seed/],
  [['report', 'no-such-run'], /no-such-run/, /./],
  [['report'], /./, /report/],
  [['probes', 'nothing'], /nothing/, /ntp-monlist/],
  [['probes', '--lang', 'fr'], /--lang: "fr" is not a language/, /one of en, ja/],
  [['init', scope], /is there already/, /never overwrites/],
  [['init', join(workspace.path, 'no', 'folder.yaml')], /no such file/, /./],
  [['lab', '--base-port', '80'], /--base-port/, /./],
];

describe('wrong use ends in one error line, one hint line and exit code 2', () => {
  for (const [args, error, hint] of WRONG_USE) {
    const shown = args.map((word) => word.replace(`${workspace.path}/`, '')).join(' ');
    it(`ampscope ${shown}`, async () => {
      const { code, stdout, stderr } = await runCli(args, { cwd: workspace.path });
      const lines = stderr.trimEnd().split('\n');
      assert.equal(lines.length, 2, stderr);
      assert.match(lines[0] ?? '', /^ampscope: error: \S.*[^.]$/);
      assert.match(lines[1] ?? '', /^ampscope: hint: \S/);
      assert.match(lines[0] ?? '', error);
      assert.match(lines[1] ?? '', hint);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.deepEqual(existsSync(out) ? readdirSync(out) : [], [], 'no run was begun');
    });
  }
});
