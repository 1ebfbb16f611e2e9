import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { probes } from '../../probes/list.js';
import { isInDefault } from '../../probes/probe.js';
import { labHosts, labPort } from '../../src/lab/layout.js';
import type { CliRun } from './run-cli.js';
import { runCli, startCli } from './run-cli.js';
import { begunRun } from './stopped-run.js';
import { englishIn, japaneseOf } from '../reports/english.js';
import { makeWorkspace } from './workspace.js';

/** The lab is a process of its own here, as when the scanner is tried from another terminal. */
const basePort = 20_000 + (process.pid % 25) * 200;
const FAST = ['--cooldown', '1s', '--form-gap', '100ms', '--quiet-gap', '500ms'];
const PATIENT = ['--cooldown', '100ms', '--form-gap', '100ms', '--quiet-gap', '20s'];
const PORTS = probes
  .map(({ id, port }) => `${id}=${labPort(basePort, port)}`)
  .flatMap((port) => ['--port', port]);

const workspace = makeWorkspace();
const scan = (out: string, ...args: string[]): string[] => [
  'scan',
  '--scope',
  'lab-scope.yaml',
  '--out',
  out,
  ...PORTS,
  ...FAST,
  ...args,
];
const read = (...path: string[]): string => readFileSync(join(workspace.path, ...path), 'utf8');
const json = (...path: string[]): Record<string, never> => JSON.parse(read(...path)) as Record<string, never>;
/** The lab has one host more where the machine has it: ::1. */
const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);
const ADDRESSES = hasIpv6 ? 193 : 192;
/** Where the lab has its full monlist server: a probe that is added moves it. */
const FULL_MONLIST =
  labHosts(probes, { basePort, hasIpv6: false }).find(
    ({ emulated }) => emulated.name === 'ntpd-4.2.6-600-clients',
  )?.address ?? '';
/** Two hosts of the lab with an open chargen, in two networks; what else lies in their /28 has none. */
const [CHARGEN = '', ANOTHER_CHARGEN = ''] = labHosts(probes, { basePort, hasIpv6: false })
  .filter(({ emulated }) => ['chargen-xinetd', 'chargen-openbsd-inetd'].includes(emulated.name))
  .map(({ address }) => address);
/** The prefix of a length of at least 24 that an address lies in. */
const prefixOf = (address: string, length: number): string =>
  address.replace(/\d+$/, (last) => `${Number(last) & (0x100 - 2 ** (32 - length))}/${length}`);
/** What is asked by default, and with how many forms each. */
const DEFAULT_PROBES = probes.filter(isInDefault).map((definition) => {
  const { sweepForms } = definition.build(definition.settings?.schema.parse(undefined));
  return { id: definition.id, forms: sweepForms.length };
});
const ONE_PASS = DEFAULT_PROBES.reduce((sum, { forms }) => sum + forms * ADDRESSES, 0);
let lab: CliRun;

before(async () => {
  lab = startCli(['lab', '--base-port', String(basePort)], { cwd: workspace.path });
  await lab.says('stop it with Ctrl-C');
});
after(async () => {
  lab.kill('SIGINT');
  assert.equal((await lab.done).code, 0);
});

describe('a scan of the lab', () => {
  let first: { readonly code: number | null; readonly stdout: string; readonly stderr: string };
  before(async () => {
    first = await runCli(scan('exposure'), { cwd: workspace.path });
  });

  it('finds the full monlist server and says 5500x for 8 bytes, 759.38x on the wire', () => {
    const rows = read('exposure', 'latest', 'findings.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const full = rows.filter(
      ({ probe, packets, ip }) => probe === 'ntp-monlist' && packets === 100 && ip !== '::1',
    );
    assert.equal(full.length, 1);
    const {
      request_size,
      response_size,
      amplification,
      packet_amplification,
      wire_amplification,
      severity,
      basis,
    } = full[0] ?? {};
    assert.deepEqual(
      {
        request_size,
        response_size,
        amplification,
        packet_amplification,
        wire_amplification,
        severity,
        basis,
      },
      {
        request_size: 8,
        response_size: 44_000,
        amplification: 5500,
        packet_amplification: 100,
        wire_amplification: 759.38,
        severity: 'critical',
        basis: 'measurement',
      },
    );
    assert.equal(first.code, 0, first.stderr);
  });

  it('prints the summary on stdout and progress lines on stderr', () => {
    assert.match(first.stdout, /^ASN .*\n(AS6449\d .*\n)+/);
    assert.match(first.stdout, hasIpv6 ? /findings: 2 critical/ : /findings: 1 critical/);
    assert.match(first.stderr, /^sweep: started, \d+ to do$/m);
    assert.match(first.stderr, new RegExp(`^sweep: 100 % \\(${2 * ONE_PASS} of ${2 * ONE_PASS}\\)`, 'm'));
  });

  it('writes every file with mode 0600 in folders with mode 0700, and latest leads to the run', () => {
    const run = readlinkSync(join(workspace.path, 'exposure', 'latest'));
    assert.match(run, /^\d{4}-\d{2}-\d{2}T\d{6}Z$/);
    const entries = readdirSync(join(workspace.path, 'exposure', run), {
      recursive: true,
      withFileTypes: true,
    });
    assert.ok(entries.length > 8);
    for (const entry of entries) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      assert.equal(mode, entry.isDirectory() ? 0o700 : 0o600, entry.name);
    }
  });

  it('records what was authorised, sent and received', () => {
    const run = json('exposure', 'latest', 'run.json') as unknown as {
      complete: boolean;
      targets: { addresses: number };
      probes: {
        id: string;
        sent: number;
        forms: { request_hex: string }[];
        responders: number;
        exposures: number;
        not_exposed: Record<string, number>;
      }[];
      losses: { any: boolean };
      counts: { findings: number };
      settings: { seed: string };
    };
    assert.equal(run.complete, true);
    assert.equal(run.targets.addresses, ADDRESSES);
    assert.deepEqual(
      // Each address once with each form, and once more where it did not answer.
      run.probes.map(({ id, sent, forms, responders }) => [id, sent / forms.length + responders]),
      DEFAULT_PROBES.map(({ id }) => [id, 2 * ADDRESSES]),
    );
    const monlist = run.probes.find(({ id }) => id === 'ntp-monlist');
    assert.equal(monlist?.forms[0]?.request_hex, '1700032a00000000');
    for (const { responders, exposures, not_exposed } of run.probes)
      assert.equal(responders, exposures + Object.values(not_exposed).reduce((sum, count) => sum + count, 0));
    assert.equal(
      run.counts.findings,
      run.probes.reduce((sum, { exposures }) => sum + exposures, 0),
    );
    assert.equal(run.losses.any, false);
    assert.match(run.settings.seed, /^[0-9a-f]{16}$/);
  });

  it('is rendered again by report with the same bytes, from run.json and findings.jsonl alone', async () => {
    const folder = join(workspace.path, 'exposure', readlinkSync(join(workspace.path, 'exposure', 'latest')));
    const contents = (): Map<string, string> =>
      new Map(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [
            join(entry.parentPath, entry.name),
            readFileSync(join(entry.parentPath, entry.name), 'utf8'),
          ]),
      );
    const before = contents();
    const { code, stdout } = await runCli(['report', 'exposure/latest'], { cwd: workspace.path });
    assert.equal(code, 0);
    assert.equal(stdout, first.stdout);
    assert.deepEqual(contents(), before);
  });

  it('names no address outside the scope in any report', () => {
    const folder = join(workspace.path, 'exposure', 'latest');
    const inRemedies = new Set(
      JSON.stringify(probes.map(({ texts }) => texts)).match(/\b\d{1,3}(\.\d{1,3}){3}\b/g),
    );
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === 'run.json') continue;
      // Five numbers or more are an object identifier, as CLDAP names its capabilities.
      const addresses =
        readFileSync(join(entry.parentPath, entry.name), 'utf8').match(
          /(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?!\.?\d)/g,
        ) ?? [];
      for (const address of addresses)
        // 127.127.t.u is no address but a clock at hand, as ntpd names it in a refid.
        if (!inRemedies.has(address))
          assert.match(address, /^127\.(64\.[123]|127\.\d+)\./, `${address} in ${entry.name}`);
    }
  });
});

describe('an IPv6 host of the lab', { skip: hasIpv6 ? false : 'this machine has no ::1' }, () => {
  interface Row {
    readonly ip: string;
    readonly probe: string;
    readonly amplification: number;
    readonly wire_amplification: number;
    readonly packet_amplification: number;
    readonly asn: number;
    readonly prefix: string;
  }
  interface Run {
    readonly targets: {
      readonly networks: readonly string[];
      readonly addresses: number;
      readonly left_out: readonly {
        readonly prefix: string;
        readonly reason: string;
        readonly family?: number;
      }[];
    };
    readonly sockets: readonly { readonly local_address: string; readonly drops?: number }[];
    readonly settings: { readonly source_address?: string };
    readonly losses: { readonly any: boolean };
  }
  const rowsOf = (out: string): Row[] =>
    read(out, 'latest', 'findings.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);

  it('has the same payload and smaller wire figures, for its headers are longer', async () => {
    const { code, stderr } = await runCli(scan('six', '--quiet', '::1', FULL_MONLIST), {
      cwd: workspace.path,
    });
    assert.equal(code, 0, stderr);
    const monlists = rowsOf('six').filter(({ probe }) => probe === 'ntp-monlist');
    // 100 packets of 40 + 8 + 440 bytes in frames of 506, for one of 56 bytes in a frame of 74.
    assert.deepEqual(
      monlists.map(({ ip, amplification, packet_amplification, wire_amplification }) => [
        ...[ip, amplification, packet_amplification, wire_amplification],
      ]),
      [
        [FULL_MONLIST, 5500, 100, 759.38],
        ['::1', 5500, 100, 683.78],
      ],
    );
    assert.match(
      read('six', 'latest', 'findings.csv'),
      new RegExp(`,::1,${basePort + 123},udp,ntp,ntp-monlist,::1,${basePort + 123},`),
    );
    assert.ok(existsSync(join(workspace.path, 'six', 'latest', 'as64499')));
    const run = json('six', 'latest', 'run.json') as unknown as Run;
    assert.deepEqual(run.targets.networks, [`${FULL_MONLIST}/32`, '::1/128']);
    assert.equal(run.losses.any, false);
    assert.deepEqual(
      run.sockets.map(({ local_address }) => local_address),
      DEFAULT_PROBES.map(() => ['0.0.0.0', '::']).flat(),
      'a socket a probe and family',
    );
    if (process.platform === 'linux') assert.ok(run.sockets.every(({ drops }) => drops === 0));
  });

  it('is alone with a source address of its family; the IPv4 networks are left out, in one line', async () => {
    const args = scan('from6', '--source', '::1', '--probe', 'chargen');
    const { code, stderr } = await runCli(args, { cwd: workspace.path });
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^ampscope: note: 3 networks \(127\.64\.1\.0\/26, \S+, \S+\) are left out: the source address is IPv6$/m,
    );
    const run = json('from6', 'latest', 'run.json') as unknown as Run;
    assert.deepEqual(run.targets.networks, ['::1/128']);
    assert.deepEqual(
      run.targets.left_out.map(({ reason, family }) => [reason, family]),
      Array(3).fill(['source-family', 6]),
    );
    const page = japaneseOf(readFileSync(join(workspace.path, 'from6/latest/report.html'), 'utf8'));
    assert.match(page, /127\.64\.1\.0\/26 は対象外としました： 送信元アドレスがIPv6です/);
    assert.equal(englishIn(page.replaceAll('whoever started the lab', '')), undefined);
    assert.equal(run.settings.source_address, '::1');
    assert.deepEqual(
      run.sockets.map(({ local_address }) => local_address),
      ['::1'],
    );
    assert.deepEqual(
      rowsOf('from6').map(({ ip, probe, wire_amplification }) => [ip, probe, wire_amplification]),
      [['::1', 'chargen', 16.27]],
    );
  });

  it('plan counts its longer headers', async () => {
    const bytes = async (target: string): Promise<{ payload_bytes: number; wire_bytes: number }[]> => {
      const args = ['plan', '--scope', 'lab-scope.yaml', '--json', '--probe', 'dns-any', target];
      const { stdout } = await runCli(args, { cwd: workspace.path });
      return (JSON.parse(stdout) as { probes: { payload_bytes: number; wire_bytes: number }[] }).probes;
    };
    const [four, six] = await Promise.all([bytes(FULL_MONLIST), bytes('::1')]);
    assert.equal(four[0]?.payload_bytes, six[0]?.payload_bytes);
    assert.equal((six[0]?.wire_bytes ?? 0) - (four[0]?.wire_bytes ?? 0), 2 * 20);
  });
});

describe('what the user asks for', () => {
  it('--fail-on high makes findings exit code 3, --fail-on critical ignores lesser ones', async () => {
    const base = scan('failing', '--quiet', '--probe', 'snmp-getbulk');
    assert.equal((await runCli([...base, '--fail-on', 'high'], { cwd: workspace.path })).code, 3);
    assert.equal((await runCli([...base, '--fail-on', 'critical'], { cwd: workspace.path })).code, 0);
    const thresholds = ['--severity-critical', '4', '--severity-high', '3'];
    const graded = await runCli([...base, '--fail-on', 'critical', ...thresholds], { cwd: workspace.path });
    assert.equal(graded.code, 3, graded.stderr);
    const { settings } = json('failing', 'latest', 'run.json') as unknown as {
      settings: Record<string, unknown>;
    };
    assert.deepEqual([settings['severity_critical'], settings['severity_high']], [4, 3]);
  });

  it('tells of a port for a probe that is not asked', async () => {
    const args = ['plan', '--scope', 'lab-scope.yaml', '--port', 'qotd=10017'];
    const { code, stderr } = await runCli(args, { cwd: workspace.path });
    assert.equal(code, 0);
    assert.match(stderr, /^ampscope: note: the probe qotd is not asked, whatever --port says: see --probe$/m);
  });

  it('--quiet leaves the summary, and --json prints it as JSON alone on stdout', async () => {
    const { stdout, stderr } = await runCli(
      scan('quiet', '--quiet', '--json', '--probe', 'chargen', prefixOf(CHARGEN, 28)),
      { cwd: workspace.path },
    );
    const summary = JSON.parse(stdout) as { probes: { id: string; exposures: number }[]; directory: string };
    assert.deepEqual(
      summary.probes.map(({ id, exposures }) => [id, exposures]),
      [['chargen', 1]],
    );
    assert.ok(existsSync(join(workspace.path, summary.directory, 'findings.csv')));
    assert.equal(stderr, '');
  });

  it('--exclude takes an address out, counts it, and it is not probed', async () => {
    const args = scan('excluded', '--probe', 'chargen', '--exclude', CHARGEN, prefixOf(CHARGEN, 28));
    const { stderr, code } = await runCli(args, { cwd: workspace.path });
    assert.equal(code, 0);
    assert.match(stderr, /1 excluded address/);
    const run = json('excluded', 'latest', 'run.json') as unknown as {
      targets: Record<string, unknown>;
      probes: { sent: number; exposures: number }[];
    };
    assert.equal(run.targets.excluded_addresses, 1);
    assert.deepEqual(
      run.probes.map(({ sent, exposures }) => ({ sent, exposures })),
      [{ sent: 2 * 15, exposures: 0 }],
    );
  });

  it('a clean network gets its header-only file, so clean is told from not run', async () => {
    const args = scan('clean', '--probe', 'chargen', '127.64.2.48/28', '--bom');
    assert.equal((await runCli(args, { cwd: workspace.path })).code, 0);
    const [name = ''] = readdirSync(join(workspace.path, 'clean', 'latest', 'as64497')).filter((file) =>
      file.endsWith('.csv'),
    );
    assert.match(
      read('clean', 'latest', 'as64497', name),
      /^\uFEFFtimestamp,report,severity,[^\r\n]*finding_id\r\n$/,
    );
  });

  it('--profile excel writes what a spreadsheet reads, and report keeps to it', async () => {
    const args = scan('schemas', '--probe', 'chargen', prefixOf(CHARGEN, 29), '--profile', 'excel');
    assert.equal((await runCli(args, { cwd: workspace.path })).code, 0);
    const written = read('schemas', 'latest', 'findings.csv');
    assert.match(written, /^\uFEFFtimestamp,[^\n]+\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,/);
    await runCli(['report', 'schemas/latest'], { cwd: workspace.path });
    assert.equal(read('schemas', 'latest', 'findings.csv'), written);
  });

  it('targets come from a list on stdin as well', async () => {
    const args = scan('listed', '--probe', 'chargen', '--targets', '-');
    const { code } = await runCli(args, {
      cwd: workspace.path,
      input: `# the first hosts\n${prefixOf(CHARGEN, 30)}\n\n${ANOTHER_CHARGEN} # one more\n`,
    });
    assert.equal(code, 0);
    const { probes } = json('listed', 'latest', 'run.json') as unknown as {
      probes: { sent: number; exposures: number }[];
    };
    assert.deepEqual(
      probes.map(({ sent, exposures }) => [sent, exposures]),
      [[5 + 3, 2]],
    );
  });

  it('an operator map names the AS where the scope does not', async () => {
    workspace.write(
      'bare.yaml',
      `organisation: Lab\nauthorised_by: me\ncontact: root@localhost\nvalid_until: 2099-01-01\nnetworks: [{ prefix: ${prefixOf(CHARGEN, 26)} }]\n`,
    );
    workspace.write('map.csv', 'prefix,asn,as_name,customer\n127.64.0.0/16,64500,MAPPED-AS,C-9\n');
    const args = [
      'scan',
      '--scope',
      'bare.yaml',
      '--out',
      'mapped',
      ...PORTS,
      ...FAST,
      '--probe',
      'chargen',
      '--asn-map',
      'map.csv',
    ];
    assert.equal((await runCli(args, { cwd: workspace.path })).code, 0);
    assert.match(read('mapped', 'latest', 'findings.csv'), /,64500,MAPPED-AS,127\.64\.0\.0\/16,C-9,/);
  });

  it('plan says what would be sent at most, the second pass included', async () => {
    const packets = async (...args: string[]): Promise<number> => {
      const { stdout } = await runCli(['plan', '--scope', 'lab-scope.yaml', '--json', ...args], {
        cwd: workspace.path,
      });
      return (JSON.parse(stdout) as { packets: number }).packets;
    };
    assert.equal(await packets(), 2 * ONE_PASS);
    assert.equal(await packets('--retries', '0'), ONE_PASS);
  });

  it('probes shows a remedy in Japanese', async () => {
    const { stdout } = await runCli(['probes', 'ntp-monlist', '--lang', 'ja']);
    assert.match(stdout, /1700032a00000000/);
    assert.match(stdout, /[\u3040-\u30ff]/);
  });

  it('init writes a scope that plan understands once it is filled in, and never overwrites it', async () => {
    assert.equal((await runCli(['init', 'mine.yaml'], { cwd: workspace.path })).code, 0);
    const plan = ['plan', '--scope', 'mine.yaml'];
    const untouched = await runCli(plan, { cwd: workspace.path });
    assert.equal(untouched.code, 2);
    assert.match(
      untouched.stderr,
      /mine\.yaml still holds example values that init wrote: organisation, authorised_by, the network 192/,
    );
    const written = read('mine.yaml');
    const filledIn = written
      .replace('Example ISP', 'Harbour Networks')
      .replace('NOC manager, ticket 4711', 'J. Harbour, ticket 12')
      .replace('EXAMPLE-AS', 'HARBOUR');
    workspace.write('filled-in.yaml', filledIn);
    const filled = await runCli(['plan', '--scope', 'filled-in.yaml'], { cwd: workspace.path });
    assert.equal(filled.code, 0, filled.stderr);
    assert.equal((await runCli(['init', 'mine.yaml'], { cwd: workspace.path })).code, 2);
    const schema = JSON.parse((await runCli(['init', '--schema'])).stdout) as { required: string[] };
    assert.deepEqual(schema.required.toSorted(), [
      'authorised_by',
      'contact',
      'networks',
      'organisation',
      'valid_until',
    ]);
  });
});

describe('a scan that is stopped', () => {
  it('writes what it knows after SIGINT, marks it incomplete, exits with 130, and latest stays where it was', async () => {
    const run = startCli(scan('stopped', '--rate', '40'), { cwd: workspace.path });
    await run.says('sweep: started');
    await run.says('sweep: 1');
    run.kill('SIGINT');
    const { code, stderr } = await run.done;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /the run is incomplete: stopped by a signal/);
    const [folder = ''] = readdirSync(join(workspace.path, 'stopped'));
    const record = json('stopped', folder, 'run.json') as unknown as {
      complete: boolean;
      probes: { sent: number }[];
    };
    assert.equal(record.complete, false);
    assert.ok(record.probes.reduce((sum, { sent }) => sum + sent, 0) < ONE_PASS);
    assert.ok(!existsSync(join(workspace.path, 'stopped', 'latest')));
  });

  it('leaves at once on the second signal', async () => {
    const run = startCli(
      ['scan', '--scope', 'lab-scope.yaml', '--out', 'twice', ...PORTS, ...PATIENT, '--probe', 'chargen'],
      {
        cwd: workspace.path,
      },
    );
    await run.says('measurement: started');
    // An exchange is under way by now, and would listen for twenty seconds more.
    await setTimeout(1500);
    const began = performance.now();
    run.kill('SIGINT');
    await run.says('once more');
    run.kill('SIGINT');
    assert.equal((await run.done).code, 130);
    assert.ok(performance.now() - began < 15_000);
  });

  it('leaves only whole files under final names when it is killed at any moment', async () => {
    // Three at once, each with a scope file of its own: two runs of one are refused.
    const killed = async (nth: number): Promise<void> => {
      const scope = `killed-${nth}.yaml`;
      copyFileSync(join(workspace.path, 'lab-scope.yaml'), join(workspace.path, scope));
      for (let round = nth; round < 12; round += 3) {
        const out = join('killed', String(round));
        const words = scan(out, '--probe', 'chargen', '--quiet');
        const run = startCli(
          words.map((word) => (word === 'lab-scope.yaml' ? scope : word)),
          { cwd: workspace.path },
        );
        await begunRun(join(workspace.path, out));
        await setTimeout(1000 + round * 300);
        run.kill('SIGKILL');
        await run.done;
      }
    };
    await Promise.all([killed(0), killed(1), killed(2)]);
    const whole = readdirSync(join(workspace.path, 'killed'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      // The journal of a run that is not over is no report: its reader passes over a last line that is cut short.
      .filter((entry) => entry.name !== 'measurements.jsonl');
    for (const entry of whole) {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      if (entry.name.endsWith('.json')) assert.doesNotThrow(() => JSON.parse(text) as unknown, entry.name);
      else assert.match(text, /\n$/, entry.name);
    }
    assert.ok(whole.length > 0, 'at least one run got as far as its files');
  });
});
