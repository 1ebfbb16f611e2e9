/**
 * docs/privacy.md, told of the built command: a host that names outsiders in every text it can send, a forwarder whose
 * resolver lies outside the scope, and a look at every file there is, as often as the machine allows, while runs go on,
 * are stopped, are killed, go on again and are done.
 */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import dnsPacket from 'dns-packet';
import { probes } from '../../probes/list.js';
import { answerAs, XNTPD, XNTPD_OLD } from '../../probes/ntp/classic-ntpd.js';
import { emulatedServers as snmpServers } from '../../probes/snmp/emulated-servers.js';
import { type CliRun, runCli, startCli } from './run-cli.js';
import { begunRun, resultOf } from './stopped-run.js';
import { makeWorkspace, scopeText } from './workspace.js';

const HOSTILE = '127.93.1.1';
const FORWARDER = '127.93.1.2';
/** Where what is sent to the forwarder is answered from. */
const UPSTREAM = '127.99.9.9';
const FIRST_PORT = 22_600;
const portOf = (id: string): number => FIRST_PORT + probes.findIndex((probe) => probe.id === id);

const V4 = '198.51.100.77';
const V6 = '2001:db8:dead::beef';
const REVERSED = `${V4.split('.').reverse().join('.')}.in-addr.arpa`;
const NIBBLES = `${Array.from('20010db8dead0000000000000000beef').reverse().join('.')}.ip6.arpa`;
/** Each of them is for documentation (RFC 5737, RFC 3849), and stands in as many ways as there are. */
const TEXT = `at ${V4} ${V6.toUpperCase()} [${V6}]:53 ${V4}:123 ::ffff:${V4} 198-51-100-77.example.net ${REVERSED} ${NIBBLES}`;
const NEEDLES: readonly string[] = [
  ...[V4, V6, V6.toUpperCase(), '198-51-100-77', REVERSED, NIBBLES, UPSTREAM, 'c633644d', 'c6 33 64 4d'],
  ...[V4, V6, UPSTREAM].flatMap((text) => {
    const hex = Buffer.from(text).toString('hex');
    return [
      hex,
      (hex.match(/../g) ?? []).join(' '),
      Buffer.from(text)
        .toString('base64')
        .replace(/.{2}=*$/, ''),
    ];
  }),
];

type Answer = (request: Buffer) => readonly Uint8Array[];

const ntp: Answer = (request) =>
  answerAs(
    {
      mode7: [XNTPD, XNTPD_OLD],
      clients: [{ address: [198, 51, 100, 77], asked: [198, 51, 100, 77] }],
      variables: `version="ntpd ${V4} ${V6}", system="${TEXT}", stratum=2, refid=${V4}, processor="${REVERSED}"`,
    },
    request,
  );

/** A stock agent whose own description and contact, in the same lengths, are others. */
const snmp: Answer = (request) => {
  const stock = snmpServers.find(({ name }) => name === 'snmpd-stock');
  return (stock?.reply(request) ?? []).map((datagram) =>
    Buffer.from(
      Buffer.from(datagram)
        .toString('latin1')
        .replace(
          'Linux lab 6.1.0-99-amd64 #1 SMP PREEMPT_DYNAMIC x86_64 ..',
          `${V4} ${V6} 198-51-100-77.x`.padEnd(57),
        )
        .replace('root@localhost', `${V4} `),
      'latin1',
    ),
  );
};

const dns: Answer = (request) => {
  const { id, questions = [] } = dnsPacket.decode(request);
  const [question] = questions;
  if (question === undefined) return [];
  const { name } = question;
  const txt: dnsPacket.TxtAnswer = { type: 'TXT', name, data: [TEXT.slice(0, 200), V4, V6] };
  const all: dnsPacket.Answer[] = [
    txt,
    { type: 'A', name, data: V4 },
    { type: 'AAAA', name, data: V6 },
    { type: 'PTR', name, data: REVERSED },
  ];
  const isVersion = name === 'version.bind';
  const answers: dnsPacket.Answer[] = isVersion ? [{ ...txt, class: 'CH', data: `BIND at ${V4}` }] : all;
  const flags = dnsPacket.RECURSION_AVAILABLE | dnsPacket.RECURSION_DESIRED;
  return [dnsPacket.encode({ type: 'response', id: id ?? 0, flags, questions, answers })];
};

const answerOf = (protocol: string): Answer =>
  ({ ntp, snmp, dns })[protocol] ?? (() => [Buffer.from(`${TEXT}\r\n`)]);

const workspace = makeWorkspace();
const out = (name: string): string => join(workspace.path, name);
const scope = workspace.write(
  'scope.yaml',
  scopeText({
    networks: '[{ prefix: 127.93.1.0/29, asn: 64496, customer: C-1 }]',
    limits: '{ rate: 1000, per_subnet: 400, per_host: 20, reply_bandwidth: 100M }',
    dns: '{ names: [fat.test], check: { name: small.fat.test, address: 192.0.2.1 } }',
  }),
);
const map = workspace.write('asn.csv', 'prefix,asn,as_name\n127.99.0.0/16,64511,EXAMPLE-DNS\n');
const asked = [
  ...probes.flatMap(({ id }) => ['--probe', id, '--port', `${id}=${portOf(id)}`]),
  '--dns-version',
];
const scanInto = (name: string): string[] => [
  'scan',
  ...['--scope', scope, '--asn-map', map, '--out', out(name), '--seed', 'kept', '--retries', '0', ...asked],
  ...[
    '--notice-format',
    'eml',
    '--cooldown',
    '1s',
    '--form-gap',
    '50ms',
    '--quiet-gap',
    '500ms',
    '--checkpoint',
    '100ms',
  ],
];

const sockets: Socket[] = [];
let answered = 0;

async function listen(
  address: string,
  port: number,
  answer: (from: Socket, request: Buffer, to: { address: string; port: number }) => void,
): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (request, to) => {
    answer(socket, request, to);
  });
  const listening = once(socket, 'listening');
  socket.bind(port, address);
  await listening;
  sockets.push(socket);
  return socket;
}

/** What was seen, and where one of the outsiders stood. */
const seen = new Set<string>();
const found = new Set<string>();

function look(where: string, text: string): void {
  for (const needle of NEEDLES) if (text.includes(needle)) found.add(`${where}: ${needle}`);
}

function lookAtFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    let content: Buffer;
    try {
      content = readFileSync(path);
    } catch {
      continue; // It had its final name by then, or was gone.
    }
    seen.add(entry.name.replace(/\.\d+-\d+\.ampscope-tmp$/, '.ampscope-tmp'));
    look(relative(workspace.path, path), content.toString('latin1'));
  }
}

async function watched<T>(name: string, work: Promise<T>): Promise<T> {
  const ended = { yet: false };
  const done = work.finally(() => {
    ended.yet = true;
  });
  done.catch(() => undefined);
  while (!ended.yet) {
    if (existsSync(out(name))) lookAtFiles(out(name));
    await setTimeout(3);
  }
  const value = await done;
  if (existsSync(out(name))) lookAtFiles(out(name));
  return value;
}

async function run(name: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await watched(name, runCli(args, { cwd: workspace.path }));
  assert.ok(code === 0 || code === 4, stderr);
  look(`standard output of ${args[0] ?? ''}`, stdout);
  look(`standard error of ${args[0] ?? ''}`, stderr);
}

describe('the addresses of others', () => {
  before(async () => {
    for (const { id, protocol } of probes) {
      const answer = answerOf(protocol);
      await listen(HOSTILE, portOf(id), (socket, request, to) => {
        for (const datagram of answer(request)) socket.send(datagram, to.port, to.address);
        answered++;
      });
      if (protocol !== 'dns' && protocol !== 'snmp') continue;
      const upstream = await listen(UPSTREAM, portOf(id), () => undefined);
      await listen(FORWARDER, portOf(id), (_, request, to) => {
        for (const datagram of answer(request)) upstream.send(datagram, to.port, to.address);
      });
    }
  });
  after(() => {
    for (const socket of sockets) socket.close();
  });

  it('are in no file of a run at any moment, and in nothing that a command prints', async () => {
    await run('whole', scanInto('whole'));
    const latest = join(out('whole'), 'latest');
    await run('whole', ['report', latest]);
    await run('whole', ['history', '--out', out('whole'), HOSTILE]);
    const inspect = ['inspect', '--scope', scope, '--form-gap', '50ms', '--quiet-gap', '200ms'];
    for (const more of [['--all'], ['--json', '--all']])
      await run('whole', [...inspect, ...asked, ...more, HOSTILE]);
    const ids = ['dns-resolver', 'snmp-getbulk'];
    const forwarded = ids.flatMap((id) => ['--probe', id, '--port', `${id}=${portOf(id)}`]);
    await run('whole', [...inspect, ...forwarded, FORWARDER]);
    assert.deepEqual([...found], []);
  });

  it('were said, and something else stands in their place', () => {
    assert.ok(answered > probes.length);
    const findings = readFileSync(join(out('whole'), 'latest', 'findings.jsonl'), 'utf8');
    for (const id of [
      'daytime',
      'qotd',
      'dns-any',
      'dns-resolver',
      'ntp-monlist',
      'snmp-getbulk',
      'ntp-readvar',
    ])
      assert.ok(findings.includes(`"probe":"${id}`), id);
    assert.ok((findings.match(/\[address\]/g) ?? []).length > 5);
    assert.match(findings, /BIND at \[address\]/);
    assert.match(findings, /outside the scope: AS64511 EXAMPLE-DNS/);
    for (const name of ['state.json', 'measurements.jsonl', 'plan.json', 'findings.jsonl', 'ecs.jsonl'])
      assert.ok(seen.has(name), `${name} among ${[...seen].join()}`);
    look('itself', `${TEXT} ${Buffer.from(V4).toString('hex')} ${UPSTREAM}`);
    assert.ok([...found].length >= 7, 'they would be found');
    found.clear();
  });

  it('are in none of a run that was stopped', async () => {
    const command = startCli(scanInto('stopped'), { cwd: workspace.path });
    const stopped = measuredForwarder('stopped', command).then(() => {
      command.kill('SIGTERM');
      return command.done;
    });
    const { code } = await watched('stopped', stopped);
    assert.equal(code, 143);
    const state = readFileSync(join(await begunRun(out('stopped')), 'checkpoint', 'state.json'), 'utf8');
    assert.match(state, /"responder":"240\.0\.0\.\d+","responder_port":\d+,"responder_origin":\{"asn":64511/);
    assert.deepEqual([...found], []);
  });

  it('are in none of a run that was killed, and it finds the same when it goes on', async () => {
    const command = startCli(scanInto('killed'), { cwd: workspace.path });
    const killed = measuredForwarder('killed', command).then(() => {
      command.kill('SIGKILL');
      return command.done;
    });
    await watched('killed', killed);
    const directory = await begunRun(out('killed'));
    await run('killed', ['scan', '--resume', directory]);
    assert.deepEqual([...found], []);
    const whole = resultOf(join(out('whole'), 'latest'));
    assert.deepEqual(resultOf(directory), whole);
  });

  it('leave with what a kill left behind: the next scan removes it, folders too', async () => {
    const [name = ''] = readdirSync(out('stopped')).filter((entry) => entry.startsWith('2'));
    // No process has an id beyond 2^22.
    const leftovers = ['.checkpoint.4194305-0.ampscope-tmp', '.findings.csv.4194305-3.ampscope-tmp'];
    const [folder = '', file = ''] = leftovers.map((leftover) => join(out('stopped'), name, leftover));
    mkdirSync(folder);
    writeFileSync(join(folder, 'state.json'), V4);
    writeFileSync(file, V4);
    const one = ['--probe', 'time', '--port', `time=${portOf('time')}`, '--retries', '0', '--cooldown', '1s'];
    await runCli(['scan', '--scope', scope, '--out', out('stopped'), ...one, HOSTILE], {
      cwd: workspace.path,
    });
    assert.deepEqual([existsSync(folder), existsSync(file)], [false, false]);
  });
});

/** Waits until the forwarder's measurement is part of the checkpoint. */
async function measuredForwarder(name: string, { done }: CliRun): Promise<void> {
  const begun = Promise.race([
    begunRun(out(name)),
    done.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const path = join(await begun, 'checkpoint', 'measurements.jsonl');
  for (let attempt = 0; attempt < 6000; attempt++) {
    if (existsSync(path) && readFileSync(path, 'utf8').includes('EXAMPLE-DNS')) return;
    await setTimeout(5);
  }
  throw new Error(`no measurement of the forwarder in ${path}`);
}
