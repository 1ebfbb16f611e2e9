import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { probes } from '../../probes/list.js';
import { UsageError } from '../../src/domain/usage-error.js';
import {
  ALL_SETTINGS,
  PROBE_GROUPS,
  PROBE_SWITCHES,
  SCAN_SETTINGS,
  SETTINGS_BY_KEY,
} from '../../src/settings/all-settings.js';
import { settingsJsonSchema } from '../../src/settings/json-schema.js';
import { flagOf, keyOf, variableOf } from '../../src/settings/names.js';
import type { Written } from '../../src/settings/read-settings.js';
import { parseWritten, placeOf, readSettings, writtenAs } from '../../src/settings/read-settings.js';
import {
  ABOUT,
  defaultOf,
  duration,
  innermost,
  list,
  number,
  onOff,
  pathsFrom,
  text,
  word,
} from '../../src/settings/setting.js';
import { readSettingsFile } from '../../src/settings/settings-file.js';
import { makeWorkspace } from '../cli/workspace.js';
import { problemsOf, schemaOf } from '../reports/json-schema.js';

const workspace = makeWorkspace();

type From = Parameters<typeof readSettings>[1];
const NOWHERE: From = { flags: {}, environment: {}, file: new Map() };

const settingOf = (key: string): z.ZodType => {
  const setting = SETTINGS_BY_KEY[key];
  assert.ok(setting, key);
  return setting;
};
/** What one setting says, given as a flag. */
const byFlag = (key: string, given: unknown): unknown =>
  readSettings(z.object({ [key]: settingOf(key) }), { ...NOWHERE, flags: { [flagOf(key)]: given } }).settings[
    key
  ];
const byDefault = (key: string): unknown => settingOf(key).parse(undefined);

const IDS = probes.map(({ id }) => id);
const PROBE_WORDS = [...PROBE_GROUPS, ...IDS];
const DURATION = 'write a number and a unit: 300ms, 8s or 2m';
const MODE = 'write 0600, 0640 or 0644';
const SHARD = 'write I/N, with I from 1 to N and N at most 1000, for example 1/4';
const HOST = 'write the name alone, for example scanner.example.net';

/** By key: what stands for what is left out; texts and what they mean; texts, what is wrong with them and what to do. */
const SETTINGS: Readonly<
  Record<
    string,
    {
      readonly otherwise?: unknown;
      readonly takes: readonly (readonly [written: string, meant: unknown])[];
      readonly refuses?: readonly (readonly [written: string, problem: string, hint: string])[];
    }
  >
> = {
  scope: { otherwise: 'scope.yaml', takes: [['a b.yaml', 'a b.yaml']] },
  targets: { takes: [['-', '-']] },
  out: { otherwise: 'exposure', takes: [['runs', 'runs']] },
  scope_file: { otherwise: 'lab-scope.yaml', takes: [['x', 'x']] },
  seed: { takes: [['0', '0']] },
  rate: {
    takes: [
      ['1', 1],
      ['1.25', 1.25],
      ['10000000', 10_000_000],
    ],
    refuses: ['0.99', '10000001', '-1', '1e3', '0x10', '.5', '5.', '+5', ' 5', 'Infinity'].map((written) => [
      written,
      `"${written}" is not a number from 1 to 10000000`,
      'write for example --rate 500',
    ]),
  },
  retries: {
    otherwise: 1,
    takes: [
      ['0', 0],
      ['10', 10],
    ],
    refuses: ['-1', '11', '1.5'].map((written) => [
      written,
      `"${written}" is not a whole number from 0 to 10`,
      'write for example --retries 1',
    ]),
  },
  parallel: bounded('parallel', 1, 10_000, undefined, 128),
  threads: bounded('threads', 1, 16, 1),
  receive_buffer: bounded('receive_buffer', 2048, 2 ** 31 - 1, 64 * 2 ** 20),
  fixed_after_silent_runs: bounded('fixed_after_silent_runs', 1, 52, 2),
  base_port: bounded('base_port', 1024, 60_000, 10_000),
  severity_critical: {
    otherwise: 100,
    takes: [
      ['2', 2],
      ['1000000', 1_000_000],
      ['99.5', 99.5],
    ],
    refuses: [
      ['1.99', '"1.99" is not a number from 2 to 1000000', 'write for example --severity-critical 50'],
    ],
  },
  severity_high: {
    otherwise: 10,
    takes: [['2', 2]],
    refuses: [
      ['1000001', '"1000001" is not a number from 2 to 1000000', 'write for example --severity-high 20'],
    ],
  },
  cooldown: lasting(8000, '10m', 600_000),
  quiet_gap: lasting(undefined, '20s', 20_000),
  first_reply: lasting(undefined, '60s', 60_000),
  longest_exchange: lasting(undefined, '10m', 600_000),
  form_gap: lasting(2000, '10m', 600_000),
  stretch: lasting(900_000, '24h', 86_400_000),
  checkpoint: lasting(5000, '10m', 600_000),
  shard: {
    takes: [
      ['1/1', { index: 1, of: 1 }],
      ['3/4', { index: 3, of: 4 }],
      ['1000/1000', { index: 1000, of: 1000 }],
    ],
    refuses: [
      '0/4',
      '5/4',
      '1/1001',
      '1/0',
      '01/4',
      '1/04',
      '1',
      '/4',
      '1/',
      '1/4x',
      'x1/4',
      '12345/9',
      '1/12345',
    ].map((written) => [written, `"${written}" is not a shard`, SHARD]),
  },
  file_mode: {
    otherwise: 0o600,
    takes: [
      ['0600', 0o600],
      ['0640', 0o640],
      ['0644', 0o644],
    ],
    refuses: ['0777', '0400', '0200', '0660', '0602', '0601', '0610', '0700', '600x', 'rw'].map((written) => [
      written,
      `"${written}" is not a mode for reports`,
      MODE,
    ]),
  },
  source: {
    takes: [
      ['192.0.2.250', '192.0.2.250'],
      ['2001:db8::1', '2001:db8::1'],
    ],
    refuses: ['192.0.2.0/24', 'fe80::1%lo', 'localhost'].map((written) => [
      written,
      `"${written}" is not an address`,
      'name one address of this machine, as "ip address" lists them, without a prefix length or a zone',
    ]),
  },
  exclude: {
    otherwise: [],
    takes: [
      ['192.0.2.7', ['192.0.2.7']],
      ['@no-such-list', ['@no-such-list']],
    ],
    refuses: [
      [
        '10.0.0.5/8',
        '"10.0.0.5/8" has host bits set',
        'write 10.0.0.0/8 for the network, or 10.0.0.5/32 for the one address',
      ],
    ],
  },
  probe: {
    otherwise: [],
    takes: PROBE_WORDS.map((id) => [id, [id]]),
    refuses: [['ntp', '"ntp" is not a probe', `write one of ${PROBE_WORDS.join(', ')}`]],
  },
  port: {
    otherwise: [],
    takes: [
      ['dns-any=1', [['dns-any', 1]]],
      ['chargen=65535', [['chargen', 65_535]]],
    ],
    refuses: [
      ...[
        'x=dns-any=53',
        'dns-any',
        'dns-any=',
        '=53',
        'dns-any=x',
        'dns-any=53x',
        'dns-any=-1',
        'dns-any==53',
      ].map(
        (written) => [written, `"${written}" is not PROBE=PORT`, 'write for example dns-any=5353'] as const,
      ),
      ['nothing=53', '"nothing" is not a probe', `write one of ${IDS.join(', ')}`],
      ['chargen=0', '0 is not a UDP port', 'write for example chargen=5353'],
      ['chargen=65536', '65536 is not a UDP port', 'write for example chargen=5353'],
    ],
  },
  asn_map: { otherwise: [], takes: [['asn.csv', ['asn.csv']]] },
  resume: { takes: [['exposure/x', 'exposure/x']] },
  notice_templates: { takes: [['letters', 'letters']] },
  notices: words(undefined, ['new', 'changed', 'all'], 'is not a choice of letters'),
  notice_format: words(undefined, ['text', 'eml'], 'is not a format of notices'),
  lang: words('en', ['en', 'ja'], 'is not a language'),
  fail_on: words(undefined, ['critical', 'high', 'medium', 'low', 'info'], 'is not a severity'),
  fail_on_new: words(undefined, ['critical', 'high', 'medium', 'low', 'info'], 'is not a severity'),
  profile: {
    takes: [['excel', 'excel']],
    refuses: [['word', '"word" is not a profile', 'write for example --profile excel']],
  },
  host: {
    takes: [
      'scanner.example.net',
      'a',
      `${'a'.repeat(63)}.example`,
      'x-1.EXAMPLE',
      `${'a.'.repeat(126)}b`,
    ].map((name) => [name, name]),
    refuses: [
      '-a.example',
      'a-.example',
      'a..example',
      '.example',
      'example.',
      'a_b',
      'https://a',
      `${'a'.repeat(64)}.example`,
      `example.${'a'.repeat(64)}`,
      `${'a.'.repeat(127)}b`,
    ].map((written) => [
      written,
      `"${written.length > 60 ? `${written.slice(0, 60)}…` : written}" is not a host name`,
      HOST,
    ]),
  },
};

const PACE = [
  'rate',
  'retries',
  'parallel',
  'cooldown',
  'quiet_gap',
  'first_reply',
  'longest_exchange',
  'form_gap',
  'stretch',
  'threads',
  'receive_buffer',
  'seed',
  'shard',
];
const OUTPUT = [
  'asn_map',
  'checkpoint',
  'resume',
  'even_though_newer',
  'make_usual',
  'out',
  'file_mode',
  'severity_critical',
  'severity_high',
  'bom',
  'profile',
  'fixed_after_silent_runs',
  'fail_on',
  'fail_on_new',
  'all',
  'host',
  'lang',
  'schema',
  'json',
  'quiet',
];

function bounded(
  key: string,
  least: number,
  most: number,
  otherwise: number | undefined,
  example = otherwise,
): (typeof SETTINGS)[string] {
  return {
    otherwise,
    takes: [least, most].map((value) => [String(value), value]),
    refuses: [least - 1, most + 1].map((value) => [
      String(value),
      `"${value}" is not a whole number from ${least} to ${most}`,
      `write for example --${flagOf(key)} ${example}`,
    ]),
  };
}

function lasting(otherwise: number | undefined, most: string, mostMs: number): (typeof SETTINGS)[string] {
  return {
    otherwise,
    takes: [
      ['0s', 0],
      ['1.5s', 1500],
      [most, mostMs],
    ],
    refuses: [
      ['8', '"8" is not a duration', DURATION],
      [`${mostMs + 1}ms`, `"${mostMs + 1}ms" is too long`, `write at most ${most}`],
    ],
  };
}

function words(
  otherwise: string | undefined,
  known: readonly string[],
  problem: string,
): (typeof SETTINGS)[string] {
  return {
    otherwise,
    takes: known.map((each) => [each, each]),
    refuses: [['banana', `"banana" ${problem}`, `write one of ${known.join(', ')}`]],
  };
}

describe('a setting', () => {
  for (const [key, { otherwise, takes, refuses = [] }] of Object.entries(SETTINGS)) {
    it(`${key} takes what it may be, at its bounds, and has its default`, () => {
      assert.deepEqual(byDefault(key), otherwise);
      for (const [written, meant] of takes) assert.deepEqual(byFlag(key, written), meant, written);
    });
    for (const [written, problem, hint] of refuses)
      it(`${key} refuses "${written.slice(0, 40)}"`, () => {
        assert.throws(() => byFlag(key, written), new UsageError(`--${flagOf(key)}: ${problem}`, hint));
      });
  }

  it('that is a switch is off, and is turned on', () => {
    const switches = Object.keys(SETTINGS_BY_KEY).filter((key) => SETTINGS[key] === undefined);
    assert.deepEqual(
      switches.filter((key) => !(key in PROBE_SWITCHES)),
      ['even_though_newer', 'make_usual', 'bom', 'all', 'schema', 'json', 'quiet'],
    );
    for (const key of switches) {
      assert.equal(byDefault(key), false, key);
      for (const on of ['true', '1', true]) assert.equal(byFlag(key, on), true, key);
      for (const off of ['false', '0']) assert.equal(byFlag(key, off), false, key);
      assert.throws(
        () => byFlag(key, 'yes'),
        new UsageError(`--${flagOf(key)}: "yes" is not true or false`, `write for example --${flagOf(key)}`),
      );
    }
  });

  it('stands in the group of the help in which it is looked for', () => {
    const groups = new Map<string, string[]>();
    for (const [key, setting] of Object.entries(SETTINGS_BY_KEY)) {
      const { group = '' } = ABOUT.get(setting) ?? {};
      groups.set(group, [...(groups.get(group) ?? []), key]);
    }
    assert.deepEqual(Object.fromEntries(groups), {
      Scope: ['scope', 'targets', 'exclude'],
      Probes: ['probe', 'port', ...Object.keys(PROBE_SWITCHES), 'source'],
      Pace: PACE,
      Output: OUTPUT,
      Notices: ['notices', 'notice_format', 'notice_templates'],
      Lab: ['base_port', 'scope_file'],
    });
  });

  it('of a probe is one for each option that probes declare', () => {
    const flags = probes.flatMap(({ options }) => (options ?? []).map(({ flag }) => keyOf(flag)));
    assert.ok(flags.length > 0);
    assert.deepEqual(Object.keys(PROBE_SWITCHES), [...new Set(flags)]);
    for (const key of flags) assert.ok(key in SCAN_SETTINGS.shape, key);
  });

  it('has one line about it, and where it has an example, one that it takes and that is not its default', () => {
    for (const [key, setting] of Object.entries(SETTINGS_BY_KEY)) {
      const { description = '', example } = ABOUT.get(setting) ?? {};
      assert.match(description, /^(?:[A-Z].*|(?:excel: |text, |en or ).*)[^.]$/, key);
      // Where it takes one of several words, the hint names them all.
      const needsNone = defaultOf(setting) !== undefined || innermost(setting) instanceof z.ZodEnum;
      assert.ok(example !== undefined || needsNone, `${key} needs an example`);
      if (example === undefined) continue;
      assert.notDeepEqual(byFlag(key, example), byDefault(key), key);
    }
  });
});

describe('settings that belong together', () => {
  const scan = (flags: Readonly<Record<string, unknown>>) =>
    readSettings(SCAN_SETTINGS, { ...NOWHERE, flags });

  it('are a shard and its seed', () => {
    assert.throws(
      () => scan({ shard: '1/4' }),
      new UsageError('--shard: a shard needs a seed', 'give each shard the same one: --seed spring-2027'),
    );
    assert.ok(scan({ shard: '1/4', seed: 'x' }).settings.shard);
    assert.ok(scan({ seed: 'x' }).settings.seed);
  });

  it('are the two severities: what is critical is high too', () => {
    const hint = 'give both, the factor of critical no smaller than that of high';
    assert.throws(
      () => scan({ 'severity-critical': '9.5' }),
      new UsageError('--severity-critical: 9.5 for critical is less than 10 for high', hint),
    );
    assert.throws(
      () => scan({ 'severity-high': '101' }),
      new UsageError('--severity-high: 100 for critical is less than 101 for high', hint),
    );
    assert.equal(scan({ 'severity-critical': '10' }).settings.severity_critical, 10);
  });

  it('are the ports of probes, each given once', () => {
    assert.deepEqual(byFlag('port', ['dns-any=1', 'chargen=1']), [
      ['dns-any', 1],
      ['chargen', 1],
    ]);
    assert.throws(
      () => byFlag('port', ['dns-any=1', 'chargen=2', 'dns-any=1']),
      new UsageError('--port: dns-any is given a port twice', 'give each probe one port'),
    );
  });
});

describe('the settings of a command', () => {
  const schema = z.object({
    rate: settingOf('rate'),
    exclude: settingOf('exclude'),
    quiet: settingOf('quiet'),
  });
  const line = (value: unknown, at: number): Written => ({
    value,
    source: { kind: 'file', file: 'own.yaml', line: at },
  });
  const file = new Map([
    ['rate', line(300, 2)],
    ['exclude', line(['192.0.2.3'], 3)],
    ['quiet', line(true, 4)],
  ]);
  const environment = {
    AMPSCOPE_RATE: '200',
    AMPSCOPE_EXCLUDE: '192.0.2.1 , 192.0.2.2',
    AMPSCOPE_QUIET: '0',
  };
  const flags = { rate: '100', exclude: ['192.0.2.9', '192.0.2.8'], quiet: true };

  it('come each from the strongest place that names it, and are told with that place', () => {
    for (const [from, settings, places] of [
      [NOWHERE, { exclude: [], quiet: false }, ['--rate', '--exclude', '--quiet']],
      [
        { ...NOWHERE, file },
        { rate: 300, exclude: ['192.0.2.3'], quiet: true },
        ['own.yaml:2: rate', 'own.yaml:3: exclude', 'own.yaml:4: quiet'],
      ],
      [
        { ...NOWHERE, file, environment },
        { rate: 200, exclude: ['192.0.2.1', '192.0.2.2'], quiet: false },
        ['AMPSCOPE_RATE', 'AMPSCOPE_EXCLUDE', 'AMPSCOPE_QUIET'],
      ],
      [
        { flags, file, environment },
        { rate: 100, exclude: ['192.0.2.9', '192.0.2.8'], quiet: true },
        ['--rate', '--exclude', '--quiet'],
      ],
    ] as const) {
      const read = readSettings(schema, from);
      assert.deepEqual(read.settings, settings);
      assert.deepEqual(
        ['rate', 'exclude', 'quiet'].map((key) => placeOf(key, read.written)),
        places,
      );
    }
  });

  it('are kept as they were written, and only those that were', () => {
    const { written } = readSettings(schema, {
      ...NOWHERE,
      flags: { rate: '100' },
      environment: { AMPSCOPE_QUIET: '1' },
    });
    assert.deepEqual(
      [...written],
      [
        ['rate', { value: 100, source: { kind: 'flag' } }],
        ['quiet', { value: true, source: { kind: 'variable' } }],
      ],
    );
  });

  it('are nothing by a variable that is empty, and an error by a flag that is', () => {
    assert.equal(readSettings(schema, { ...NOWHERE, environment: { AMPSCOPE_RATE: '' } }).written.size, 0);
    const empty = new UsageError('--exclude has no value', 'write --exclude VALUE');
    for (const given of ['', [''], ['192.0.2.1', '']])
      assert.throws(() => readSettings(schema, { ...NOWHERE, flags: { exclude: given } }), empty);
    assert.throws(
      () => readSettings(schema, { ...NOWHERE, flags: { rate: ['1', '2', '3'] } }),
      new UsageError('--rate is given 3 times', 'give it once'),
    );
    assert.equal(byFlag('rate', ['7']), 7);
    assert.deepEqual(byFlag('exclude', '192.0.2.1'), ['192.0.2.1']);
  });

  it('are refused with the place of the first wrong one, and an example in its manner', () => {
    const problem = '"x" is not a number from 1 to 10000000';
    for (const [from, place, example] of [
      [{ ...NOWHERE, flags: { rate: 'x' } }, '--rate', '--rate 500'],
      [{ ...NOWHERE, environment: { AMPSCOPE_RATE: 'x' } }, 'AMPSCOPE_RATE', 'AMPSCOPE_RATE=500'],
      [{ ...NOWHERE, file: new Map([['rate', line('x', 7)]]) }, 'own.yaml:7: rate', 'rate: 500'],
    ] as const)
      assert.throws(
        () => readSettings(schema, from),
        new UsageError(`${place}: ${problem}`, `write for example ${example}`),
      );
    for (const [value, shown] of [
      [null, 'nothing'],
      [{}, 'a mapping'],
      [[], 'a list'],
      [0, '"0"'],
    ] as const)
      assert.throws(() => readSettings(schema, { ...NOWHERE, file: new Map([['rate', line(value, 7)]]) }), {
        message: `own.yaml:7: rate: ${shown} is not a number from 1 to 10000000`,
      });
    assert.throws(
      () => readSettings(schema, { ...NOWHERE, environment: { AMPSCOPE_QUIET: 'no' } }),
      new UsageError('AMPSCOPE_QUIET: "no" is not true or false', 'write for example AMPSCOPE_QUIET=false'),
    );
  });

  it('name the entry of a list that is wrong, and not the others', () => {
    const probe = z.object({ probe: settingOf('probe'), exclude: settingOf('exclude') });
    assert.throws(() => readSettings(probe, { ...NOWHERE, flags: { probe: ['all', 'ntp', 'dns'] } }), {
      message: '--probe: "ntp" is not a probe',
    });
    assert.throws(() => readSettings(probe, { ...NOWHERE, file: new Map([['exclude', line([['x']], 2)]]) }), {
      message: 'own.yaml:2: exclude: a list is not one word',
      hint: 'write for example exclude: 192.0.2.7',
    });
    assert.throws(
      () => readSettings(probe, { ...NOWHERE, environment: { AMPSCOPE_EXCLUDE: '192.0.2.1,' } }),
      {
        message: 'AMPSCOPE_EXCLUDE: "" is empty',
      },
    );
  });

  it('are refused as a fault of ours where nothing of theirs is wrong', () => {
    const strict = z.strictObject({ rate: settingOf('rate') });
    assert.throws(
      () => parseWritten(strict, new Map([['surprise', line(1, 1)]])),
      /^RangeError: no setting is wrong$/,
    );
  });
});

describe('a text that is read for a schema', () => {
  it('is a number, a switch or a list where the schema takes one, and else stays as it is', () => {
    for (const [setting, value, expected] of [
      [number(1, 9), '5', 5],
      [number(1, 9).optional(), '5.5', 5.5],
      [number(1, 9), '5.', '5.'],
      [number(1, 9), '05', 5],
      [number(1, 9), 'five', 'five'],
      [number(1, 9), 5, 5],
      [onOff(), 'true', true],
      [onOff(), '0', false],
      [onOff(), 'TRUE', 'TRUE'],
      [onOff(), false, false],
      [text(), '5', '5'],
      [list(text()), 'a', ['a']],
      [list(text()), ['a', 'b'], ['a', 'b']],
    ] as const)
      assert.deepEqual(writtenAs(setting, value), expected);
  });

  it('keeps an error that is none of the user', () => {
    const broken = word(() => {
      throw new TypeError('a fault of ours');
    });
    assert.throws(() => broken.parse('x'), /^TypeError: a fault of ours$/);
  });

  it('is a duration no longer than it may be', () => {
    assert.equal(duration('1m').parse('60000ms'), 60_000);
    assert.ok(!duration('1m').safeParse('60001ms').success);
  });
});

describe('the names of a setting', () => {
  it('are its key, its flag and its variable', () => {
    assert.deepEqual(
      [flagOf('a_b_c'), keyOf('a-b-c'), variableOf('a_b_c')],
      ['a-b-c', 'a_b_c', 'AMPSCOPE_A_B_C'],
    );
  });
});

describe('a path in a settings file', () => {
  const from = (key: string, value: unknown): unknown => pathsFrom('/etc/ampscope', settingOf(key), value);

  it('is relative to the file, unless it is absolute or standard input', () => {
    for (const [key, written, path] of [
      ['scope', 'scope.yaml', '/etc/ampscope/scope.yaml'],
      ['scope', '../scope.yaml', '/etc/scope.yaml'],
      ['scope', '/srv/scope.yaml', '/srv/scope.yaml'],
      ['scope', 'a\nb', '/etc/ampscope/a\nb'],
      ['targets', '-', '-'],
      ['targets', '', ''],
      ['exclude', '@list', '@/etc/ampscope/list'],
      ['exclude', '@/srv/list', '@/srv/list'],
      ['exclude', '@', '@'],
      ['exclude', '192.0.2.7', '192.0.2.7'],
      ['seed', 'spring', 'spring'],
      ['scope', 5, 5],
    ] as const)
      assert.equal(from(key, written), path, `${key}: ${written}`);
    assert.deepEqual(from('asn_map', ['a.csv', '/b.csv']), ['/etc/ampscope/a.csv', '/b.csv']);
    assert.equal(pathsFrom('/etc', undefined, 'x'), 'x');
  });

  it('is what names a file or a folder, and nothing else', () => {
    const relative = Object.keys(SETTINGS_BY_KEY).filter((key) => from(key, 'x') !== 'x');
    assert.deepEqual(relative, [
      'scope',
      'targets',
      'asn_map',
      'resume',
      'out',
      'notice_templates',
      'scope_file',
    ]);
  });
});

describe('a settings file', () => {
  const read = async (lines: readonly string[]): Promise<ReadonlyMap<string, Written>> =>
    (await readSettingsFile(workspace.write('own.yaml', lines.join('\n')))).written;
  const own = join(workspace.path, 'own.yaml');
  const refused = async (lines: readonly string[], message: string, hint: string): Promise<void> => {
    await assert.rejects(read(lines), new UsageError(`${own}:${message}`, hint));
  };

  it('says each of its settings as it was written, with its line', async () => {
    const at = (line: number) => ({ kind: 'file', file: own, line });
    assert.deepEqual(
      [
        ...(await read([
          '# ours',
          'rate: 400',
          'quiet: true',
          'probe: [all]',
          'exclude:',
          '  - "@x"',
          'seed: 07',
        ])),
      ],
      [
        ['rate', { value: 400, source: at(2) }],
        ['quiet', { value: true, source: at(3) }],
        ['probe', { value: ['all'], source: at(4) }],
        ['exclude', { value: [`@${join(dirname(own), 'x')}`], source: at(6) }],
        ['seed', { value: '07', source: at(7) }],
      ],
    );
    assert.deepEqual((await read(['asn_map: [007, "1e3"]'])).get('asn_map')?.value, [
      join(workspace.path, '007'),
      join(workspace.path, '1e3'),
    ]);
    const { file } = await readSettingsFile(own);
    assert.equal(file, own);
  });

  it('may say nothing, in comments and blanks', async () => {
    for (const lines of [[], ['# rate: 5', '', '  # x', ' '], ['   ']])
      assert.equal((await read(lines)).size, 0);
  });

  it('is refused for an unknown key, a wrong value, and values that do not fit each other', async () => {
    await refused(['rate: 5', 'raet: 5'], '2: unknown key "raet"', 'did you mean "rate"?');
    await refused(
      ['toString: 5'],
      '1: unknown key "toString"',
      `the keys here are ${Object.keys(SETTINGS_BY_KEY).join(', ')}`,
    );
    await refused(['rate: 5', 'rate: 6'], '2: the same key twice: "rate: 6"', 'remove one of the two keys');
    await refused(
      ['', 'retries: 11'],
      '2: retries: "11" is not a whole number from 0 to 10',
      'write for example retries: 1',
    );
    await refused(
      ['severity_high: 200'],
      '1: severity_high: 100 for critical is less than 200 for high',
      'give both, the factor of critical no smaller than that of high',
    );
    await refused(['bom: yes'], '1: bom: "yes" is not true or false', 'write for example bom: false');
    await refused(
      ['probe: [all, 5]'],
      '1: probe: "5" is not a probe',
      `write one of ${PROBE_WORDS.join(', ')}`,
    );
  });

  it('is named where it cannot be read', async () => {
    const hint = 'name a readable file with --config';
    await assert.rejects(
      readSettingsFile('no-such.yaml'),
      new UsageError('no-such.yaml: no such file', hint),
    );
    const folder = join(workspace.path, 'folder');
    mkdirSync(folder);
    await assert.rejects(readSettingsFile(folder), new UsageError(`${folder}: cannot be read: EISDIR`, hint));
  });

  it('is looked for in the working folder, and may be missing there', async () => {
    const before = process.cwd();
    process.chdir(workspace.path);
    try {
      assert.equal((await readSettingsFile()).file, undefined);
      mkdirSync('ampscope.yaml');
      await assert.rejects(readSettingsFile(), /^UsageError: ampscope\.yaml: cannot be read: EISDIR$/);
      rmdirSync('ampscope.yaml');
      workspace.write('ampscope.yaml', 'rate: 7\n');
      const { file, written } = await readSettingsFile();
      assert.deepEqual([file, written.get('rate')?.value], ['ampscope.yaml', 7]);
    } finally {
      process.chdir(before);
    }
  });

  it('is waited for no longer than until the command is stopped', async () => {
    const stop = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(readSettingsFile('no-such.yaml', stop), /^Error: stopped$/);
  });
});

describe('the JSON Schema of a settings file', () => {
  it('has for each setting what it is, an example, its default, and knows no other', () => {
    const schema = settingsJsonSchema() as {
      readonly title?: string;
      readonly required?: readonly string[];
      readonly additionalProperties?: boolean;
      readonly properties: Readonly<
        Record<string, { description?: string; examples?: readonly unknown[]; default?: unknown }>
      >;
    };
    assert.deepEqual(
      [schema.title, schema.required, schema.additionalProperties],
      ['Ampscope settings file', undefined, false],
    );
    assert.deepEqual(Object.keys(schema.properties), Object.keys(ALL_SETTINGS.shape));
    const fits = schemaOf(schema);
    for (const [key, { description, examples, default: otherwise }] of Object.entries(schema.properties)) {
      const { example, description: expected } = ABOUT.get(settingOf(key)) ?? {};
      assert.equal(description, expected, key);
      assert.equal(examples?.length ?? 0, example === undefined ? 0 : 1, key);
      const values = [...(examples ?? []), ...(otherwise === undefined ? [] : [otherwise])];
      for (const value of values) assert.deepEqual(problemsOf(fits, { [key]: value }), [], key);
    }
    assert.deepEqual(schema.properties['rate']?.examples, [500]);
    assert.deepEqual(schema.properties['exclude']?.examples, [['192.0.2.7']]);
    assert.equal(schema.properties['cooldown']?.default, '8s');
  });
});
