/**
 * The clients in a monlist answer are third parties: told of the built command, whose every output is searched for
 * their addresses in whatever form.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { answerAs, XNTPD, XNTPD_OLD } from '../../probes/ntp/classic-ntpd.js';
import { serveClassicNtpd } from '../servers/classic-ntpd.js';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const ADDRESS = '127.91.7.7';
const PORT = 21_123;

/** Recognisable in every form, and for documentation only (RFC 5737, RFC 3849). */
const CLIENT = [203, 0, 113, 219];
const CLIENT6 = [0x20, 0x01, 0x0d, 0xb8, 0xec, 0xc5, 0xbe, 0xef, 0, 0, 0, 0, 0, 0, 0xab, 0xcd];
const ASKED = [198, 51, 100, 187];
const ASKED6 = [0x20, 0x01, 0x0d, 0xb8, 0xec, 0xc5, 0xfa, 0xce, 0, 0, 0, 0, 0, 0, 0xdc, 0xba];
const SOURCE = [203, 0, 113, 241];
const ADDRESSES = [CLIENT, CLIENT6, ASKED, ASKED6, SOURCE];

const MODE7 = [XNTPD, XNTPD_OLD];
const CLIENTS = [
  { address: CLIENT, asked: ASKED },
  { address: CLIENT6, asked: ASKED6 },
];
const VARIABLES = `version="ntpd 4.2.6p5", stratum=2, refid=${SOURCE.join('.')}, leap=0`;

const workspace = makeWorkspace();
const { path } = workspace;
const scope = workspace.write(
  'scope.yaml',
  scopeText({ networks: '[{ prefix: 127.91.7.0/24, asn: 64496 }]' }),
);

describe('the addresses in what an NTP server tells', () => {
  let printed: readonly { readonly where: string; readonly bytes: Buffer }[];

  before(
    async () => {
      const ntpd = await serveClassicNtpd(
        { mode7: MODE7, clients: CLIENTS, variables: VARIABLES },
        ADDRESS,
        PORT,
      );
      const ports = ['ntp-monlist', 'ntp-readvar'].flatMap((id) => [
        '--probe',
        id,
        '--port',
        `${id}=${PORT}`,
      ]);
      const flags = ['--scope', scope, ...ports, '--form-gap', '100ms'];
      const out = [
        '--out',
        join(path, 'out'),
        '--cooldown',
        '500ms',
        '--retries',
        '0',
        '--checkpoint',
        '200ms',
      ];
      const commands = [
        ['scan', ...flags, ...out, ADDRESS],
        ['report', join(path, 'out', 'latest')],
        ['inspect', ...flags, ADDRESS],
        ['inspect', ...flags, '--all', ADDRESS],
        ['inspect', ...flags, '--json', '--all', ADDRESS],
      ];
      const output = [];
      for (const args of commands) {
        const { code, stdout, stderr } = await runCli(args, { cwd: path });
        assert.equal(code, 0, stderr);
        output.push({ where: `standard output of ${args.join(' ')}`, bytes: Buffer.from(stdout) });
        output.push({ where: `standard error of ${args.join(' ')}`, bytes: Buffer.from(stderr) });
      }
      await ntpd.close();
      printed = [...output, ...filesUnder(path).map((file) => ({ where: file, bytes: readFileSync(file) }))];
    },
    { timeout: 60_000 },
  );

  it('was asked for, and is counted in the reports', () => {
    const findings = printed.find(({ where }) => where.endsWith('findings.jsonl'))?.bytes.toString() ?? '';
    assert.match(findings, /"entries":2\b/);
    assert.match(findings, /"stratum":2\b/);
    assert.ok(printed.length > 10);
  });

  it('is in no file of the run, and in nothing that the command prints', () => {
    for (const { where, bytes } of printed)
      for (const address of ADDRESSES)
        for (const [form, text] of formsOf(address))
          assert.ok(!contains(bytes, text), `${where} holds ${address.join('.')}, ${form}`);
  });

  it('would be found in each of these forms', () => {
    const [datagram] = answerAs(
      { clients: CLIENTS, mode7: MODE7 },
      Uint8Array.of(0x17, 0, XNTPD, 42, 0, 0, 0, 0),
    );
    assert.ok(datagram);
    const dumps = [
      Buffer.from(datagram),
      Buffer.from(Buffer.from(datagram).toString('hex')),
      Buffer.from(Buffer.from(datagram).toString('base64')),
      Buffer.from(JSON.stringify([...datagram])),
      Buffer.from(JSON.stringify([...datagram], undefined, 2)),
    ];
    for (const dump of dumps)
      for (const address of [CLIENT, CLIENT6, ASKED, ASKED6])
        assert.ok(
          formsOf(address).some(([, text]) => contains(dump, text)),
          `${address.join('.')} in ${dump.toString('latin1', 0, 40)}`,
        );
    for (const address of ADDRESSES)
      for (const [form, text] of formsOf(address))
        assert.ok(contains(Buffer.concat([Buffer.from('{"a":"'), text, Buffer.from('"}')]), text), form);
  });
});

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    return statSync(file).isDirectory() ? filesUnder(file) : [file];
  });
}

/** Every way an address could have come to be written down, in lower case. */
function formsOf(address: readonly number[]): readonly (readonly [string, Buffer])[] {
  const reversed = [...address].reverse();
  const text: Record<string, string> = {};
  for (const [order, bytes] of [
    ['', address],
    ['reversed ', reversed],
  ] as const) {
    const hexes = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
    for (const separator of ['', ' ', ':', '-', ', ', ',', '\\x', ', 0x']) {
      text[`${order}hex by "${separator}"`] = hexes.join(separator);
      if (separator !== '') text[`${order}decimal by "${separator}"`] = bytes.join(separator);
    }
    text[`${order}dotted`] = bytes.join('.');
    text[`${order}integer`] = BigInt(`0x${hexes.join('')}`).toString();
    // Of base64, what does not depend on the bytes around, at each of the three places.
    for (const lead of [0, 1, 2])
      text[`${order}base64 at ${lead}`] = Buffer.from([...Array<number>(lead).fill(0), ...bytes])
        .toString('base64')
        .slice(lead === 0 ? 0 : lead + 1, Math.floor(((bytes.length + lead) * 8) / 6));
    if (bytes.length === 16) {
      const groups = Array.from({ length: 8 }, (_, i) => (hexes[2 * i] ?? '') + (hexes[2 * i + 1] ?? ''));
      text[`${order}IPv6 in full`] = groups.join(':');
      text[`${order}IPv6 without leading zeros`] = groups
        .map((group) => group.replace(/^0{1,3}/, ''))
        .join(':');
      text[`${order}IPv6, the half that tells it`] = groups
        .slice(0, 4)
        .map((group) => group.replace(/^0{1,3}/, ''))
        .join(':');
    }
  }
  return [
    ...Object.entries(text).map(([form, written]) => [form, Buffer.from(written)] as const),
    ['raw bytes', Buffer.from(address)],
    ['reversed raw bytes', Buffer.from(reversed)],
  ];
}

/** As it is, in lower case, and without white space, as numbers stand in indented JSON. */
function contains(bytes: Buffer, text: Buffer): boolean {
  if (bytes.includes(text)) return true;
  const lower = bytes.toString('latin1').toLowerCase();
  return (
    lower.includes(text.toString('latin1')) || lower.replace(/\s+/g, '').includes(text.toString('latin1'))
  );
}
