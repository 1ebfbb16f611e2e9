/** Files as spreadsheets, editors and other tools write them: read right, or refused with the line and the cause. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCli } from './run-cli.js';
import { ONE_PASS, startFreeLab } from './scan-of-lab.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();
const scope = workspace.write('scope.yaml', scopeText());

function writeBytes(name: string, bytes: Buffer): string {
  const path = join(workspace.path, name);
  writeFileSync(path, bytes);
  return path;
}

describe('a file that is not UTF-8 is refused by file and line, with how to save it', () => {
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const map =
    'prefix,asn,as_name,customer\r\n127.9.0.1,64496,EX,Müller GmbH\r\n127.9.0.2,64496,EX,Möller GmbH\r\n';
  const named = scopeText({ networks: '[{ prefix: 127.9.0.0/24, customer: Müller }]' });
  const list = '# Außenstelle\n127.9.0.1\n';
  const given = (name: string, bytes: Buffer): string[] => {
    const file = writeBytes(name, bytes);
    if (name.startsWith('map')) return ['scan', '--scope', scope, '--asn-map', file];
    if (name.startsWith('scope')) return ['plan', '--scope', file];
    return name.startsWith('targets')
      ? ['plan', '--scope', scope, '--targets', file]
      : ['plan', '--scope', scope, '--exclude', `@${file}`];
  };
  const cases = [
    ['map-1252.csv', latin1(map), 2, /Windows-1252/, /"CSV UTF-8".*iconv -f WINDOWS-1252 -t UTF-8/],
    ['scope-1252.yaml', latin1(named), 5, /Windows-1252/, /iconv -f WINDOWS-1252/],
    ['targets-1252.txt', latin1(list), 1, /Windows-1252/, /iconv -f WINDOWS-1252/],
    ['exclude-1252.txt', latin1(list), 1, /Windows-1252/, /iconv -f WINDOWS-1252/],
    [
      'map-sjis.csv',
      Buffer.concat([Buffer.from('prefix,customer\n127.9.0.1,'), Buffer.of(0x8c, 0xda)]),
      2,
      /Shift_JIS/,
      /-f CP932/,
    ],
    ['map-utf16.csv', utf16(map), 1, /UTF-16/, /not "Unicode Text"/],
    ['scope-utf16.yaml', utf16(named), 1, /UTF-16/, /iconv -f UTF-16/],
    ['targets-utf16.txt', utf16(list), 1, /UTF-16/, /iconv -f UTF-16/],
    ['exclude-utf16.txt', utf16(list), 1, /UTF-16/, /iconv -f UTF-16/],
  ] as const;
  for (const [name, bytes, line, error, hint] of cases)
    it(name, async () => {
      const { code, stdout, stderr } = await runCli(given(name, bytes), { cwd: workspace.path });
      const [first = '', second = '', ...rest] = stderr.trimEnd().split('\n');
      assert.equal(code, 2, stderr);
      assert.ok(first.startsWith(`ampscope: error: ${join(workspace.path, name)}:${line}: `), first);
      assert.match(first, error);
      assert.match(second, /^ampscope: hint: save it as UTF-8/);
      assert.match(second, hint);
      assert.deepEqual([rest, stdout], [[], '']);
    });

  it('also where it comes on standard input', async () => {
    const args = ['plan', '--scope', scope, '--targets', '-'];
    assert.equal((await runCli(args, { input: '127.9.0.1\n' })).code, 0);
    const { code, stderr } = await runCli(args, { input: '127.9.0.1\n\0' });
    assert.equal(code, 2);
    assert.match(stderr, /^ampscope: error: stdin:2: "\\u0000" is not an address or a prefix\n/);
  });
});

describe('a map with other separators, columns or a second owner is refused by file and line', () => {
  const cases = [
    [
      'semicolons.csv',
      'prefix;asn;as_name;customer\n127.9.0.1;64496;EX;C1\n',
      /:1: semicolons stand/,
      /commas/,
    ],
    [
      'german.csv',
      'prefix,nummer,firma\n127.9.0.1,64496,C1\n',
      /:1: unknown columns "nummer", "firma"/,
      /asn .*customer/,
    ],
    [
      'twice.csv',
      'prefix,asn,customer\n127.9.0.1,64496,C1\n127.9.0.1/32,64496,C2\n',
      /:3: .*C2.* here and .*C1.* on line 2/,
      /keep one/,
    ],
  ] as const;
  for (const [name, text, error, hint] of cases)
    it(name, async () => {
      const args = ['scan', '--scope', scope, '--asn-map', workspace.write(name, text)];
      const { code, stderr } = await runCli(args, { cwd: workspace.path });
      const [first = '', second = '', ...rest] = stderr.trimEnd().split('\n');
      assert.equal(code, 2, stderr);
      assert.match(first, error);
      assert.match(second, hint);
      assert.deepEqual(rest, []);
    });
});

describe('a scope with a name beside the mail address, AS numbers with letters, and a map of other headers', () => {
  let lab: Awaited<ReturnType<typeof startFreeLab>> | undefined;
  before(async () => {
    lab = await startFreeLab();
  });
  after(() => lab?.lab.close());

  it('give the AS, its name and the customer to every row, and the address to drafts and XARF', async () => {
    const own = workspace.write(
      'own.yaml',
      scopeText({
        contact: '"NOC <noc@example.net>"',
        networks: '[{ prefix: 127.64.1.0/27, asn: AS64500 }, { prefix: 127.64.2.0/27 }]',
        limits: '{ rate: 1000, per_subnet: 400, per_host: 10 }',
      }),
    );
    const map = workspace.write(
      'other-headers.csv',
      'prefix,origin_as,name,customer\r\n127.64.0.0/16,64496,"EX, Ltd",C1\r\n',
    );
    const out = join(workspace.path, 'runs');
    const { code, stderr } = await runCli(
      ['scan', '--scope', own, '--out', out, '--asn-map', map, '--notice-format', 'eml', ...ONE_PASS].concat([
        '--probe',
        'chargen',
        '--port',
        `chargen=${19 + (lab?.basePort ?? 0)}`,
      ]),
    );
    assert.equal(code, 0, stderr);
    assert.ok(
      stderr.includes(`ampscope: note: ${map}: read "origin_as" as asn, "name" as as_name\n`),
      stderr,
    );
    const run = join(out, 'latest');
    const rows = readFileSync(join(run, 'findings.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<'ip' | 'asn' | 'as_name' | 'customer', unknown>);
    assert.ok(rows.length > 0);
    for (const { ip, asn, as_name, customer } of rows)
      assert.deepEqual(
        [asn, as_name, customer],
        String(ip).startsWith('127.64.1.') ? [64500, undefined, 'C1'] : [64496, 'EX, Ltd', 'C1'],
      );
    const [xarf = ''] = readFileSync(join(run, 'xarf.jsonl'), 'utf8').split('\n');
    assert.equal((JSON.parse(xarf) as { sender: { contact: string } }).sender.contact, 'noc@example.net');
    const drafts = (readdirSync(join(run, 'notices'), { recursive: true }) as string[]).filter((path) =>
      path.endsWith('.eml'),
    );
    assert.ok(drafts.length > 0);
    for (const draft of drafts)
      assert.match(
        readFileSync(join(run, 'notices', draft), 'utf8'),
        /^From: Harbour Networks <noc@example\.net>\r$/m,
      );
  });

  it('without a mail address at all, it is said what there will not be', async () => {
    const telephone = workspace.write('telephone.yaml', scopeText({ contact: '"+81 3 0000 0000"' }));
    const { code, stderr } = await runCli(['plan', '--scope', telephone]);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^ampscope: note: the contact of .*telephone\.yaml does not hold one mail address: /m,
    );
    assert.doesNotMatch((await runCli(['plan', '--scope', scope])).stderr, /mail address/);
  });
});
