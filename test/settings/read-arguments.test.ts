import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { UsageError } from '../../src/domain/usage-error.js';
import { ALL_SETTINGS } from '../../src/settings/all-settings.js';
import { helpOf } from '../../src/settings/help.js';
import type { Usage } from '../../src/settings/read-arguments.js';
import { readArguments } from '../../src/settings/read-arguments.js';
import { makeWorkspace } from '../cli/workspace.js';

const workspace = makeWorkspace();
const EMPTY = workspace.write('empty.yaml', '# nothing is set here\n');

const { rate, exclude, form_gap, quiet, seed } = ALL_SETTINGS.shape;
const settings = z.object({ exclude, rate, form_gap, seed, quiet });
const SEE = 'see ampscope try --help';

function usage(positional?: string): Usage<typeof settings> {
  return {
    name: 'try',
    describe: 'Tries it.',
    ...(positional !== undefined && { positional: { usage: positional, describe: 'What to try' } }),
    settings,
    example: ['ampscope try --rate 5', 'slowly'],
  };
}

const read = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  positional?: string,
) => readArguments(usage(positional), args, { AMPSCOPE_CONFIG: EMPTY, ...environment });
const refused = async (
  error: UsageError,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  positional?: string,
): Promise<void> => {
  await assert.rejects(read(args, environment, positional), error, args.join(' '));
};

describe('the arguments of a command', () => {
  it('are settings and operands, in any order, with a value behind = or as the next word', async () => {
    const { settings: read1, operands } = await read(
      [
        'a',
        '--rate=5',
        '--exclude',
        '192.0.2.1',
        '--exclude=192.0.2.2',
        'b',
        '--quiet',
        '--',
        '--rate',
        '-x',
      ],
      {},
      '[target..]',
    );
    assert.deepEqual(operands, ['a', 'b', '--rate', '-x']);
    assert.deepEqual(read1, {
      rate: 5,
      exclude: ['192.0.2.1', '192.0.2.2'],
      form_gap: 2000,
      quiet: true,
    });
  });

  it('stay the words that they are: no number of them is read twice, and no dot splits a name', async () => {
    const { settings: read1, operands } = await read(['0x10', '1e3', '--seed', '007'], {}, '[target..]');
    assert.deepEqual([operands, read1.seed], [['0x10', '1e3'], '007']);
    for (const word of ['--no-quiet', '--rate.x=5', '--Rate=5', '--formGap=3s'])
      await refused(new UsageError(`${word.replace(/=.*/, '')} is not understood here`, SEE), [word]);
  });

  it('say of a switch what its value says', async () => {
    for (const [args, expected] of [
      [['--quiet'], true],
      [['--quiet=true'], true],
      [['--quiet=1'], true],
      [['--quiet=false'], false],
      [['--quiet=0'], false],
      [['--quiet=1', '--'], true],
      [[], false],
    ] as const)
      assert.equal((await read(args)).settings.quiet, expected, args.join());
    await refused(new UsageError('--quiet: "no" is not true or false', 'write for example --quiet'), [
      '--quiet=no',
    ]);
    await refused(new UsageError('--quiet has no value', 'write --quiet VALUE'), ['--quiet=']);
    await refused(new UsageError('--quiet is given 2 times', 'give it once'), ['--quiet', '--quiet=false']);
    assert.deepEqual((await read(['--quiet', 'x--quiet=no'], {}, '[x]')).operands, ['x--quiet=no']);
    // Behind -- it is an operand.
    assert.deepEqual((await read(['--', '--quiet=no'], {}, '[x]')).operands, ['--quiet=no']);
  });

  it('are refused where they are not understood', async () => {
    for (const [args, message] of [
      [['--nonsense'], '--nonsense is not understood here'],
      [['--nonsense', '--more'], '--nonsense is not understood here'],
      [['-n'], '-n is not understood here'],
      [['--rate'], '--rate has no value'],
      [['--config'], '--config has no value'],
      [['--exclude', '--quiet'], '--exclude has no value'],
      [['word'], '"word" is not understood here'],
    ] as const)
      await refused(new UsageError(message, SEE), args);
    await refused(new UsageError('"b" is not understood here', SEE), ['a', 'b'], {}, '[target]');
    await refused(new UsageError('"c" is not understood here', SEE), ['a', 'b', 'c'], {}, '<what> [file]');
    const needed = new UsageError('try: <what> [file] is missing', 'ampscope try <what> [file]: What to try');
    await refused(needed, [], {}, '<what> [file]');
    assert.deepEqual((await read(['a'], {}, '<what> [file]')).operands, ['a']);
    assert.deepEqual((await read([], {}, '[target..]')).operands, []);
  });

  it('name the settings file, which is stronger than the one of the environment', async () => {
    const file = workspace.write('one.yaml', 'rate: 7\n');
    const other = workspace.write('other.yaml', 'rate: 8\n');
    assert.equal((await read(['--config', file], { AMPSCOPE_CONFIG: other })).settings.rate, 7);
    assert.equal((await read([], { AMPSCOPE_CONFIG: other })).settings.rate, 8);
    assert.equal((await read([], { AMPSCOPE_CONFIG: '' })).settings.rate, undefined);
    await assert.rejects(read(['--config', '7']), /^UsageError: 7: no such file$/);
    for (const args of [['--config', file, '--config', other], ['--config=']])
      await refused(new UsageError('--config takes one file', 'write --config FILE'), args);
  });
});

describe('a message about arguments', () => {
  it('is the same wherever the program runs: other programs read it', async () => {
    const { LC_ALL } = process.env;
    process.env['LC_ALL'] = 'de_DE.UTF-8';
    try {
      await refused(new UsageError('--rate has no value', SEE), ['--rate']);
      await refused(new UsageError('--nonsense is not understood here', SEE), ['--nonsense']);
    } finally {
      if (LC_ALL === undefined) delete process.env['LC_ALL'];
      else process.env['LC_ALL'] = LC_ALL;
    }
  });
});

describe('an environment variable', () => {
  it('that is nearly one of a setting is refused, whatever the command knows; one of something else is not', async () => {
    for (const [name, meant] of [
      ['AMPSCOPE_RAET', 'AMPSCOPE_RATE'],
      ['AMPSCOPE_CONFG', 'AMPSCOPE_CONFIG'],
      ['AMPSCOPE_BASE_PROT', 'AMPSCOPE_BASE_PORT'],
      ['AMPSCOPE_rat', 'AMPSCOPE_RATE'],
    ] as const)
      await refused(new UsageError(`unknown variable ${name}`, `did you mean ${meant}?`), [], {
        [name]: '5',
      });
    for (const name of [
      'AMPSCOPE_IMAGE',
      'AMPSCOPE_BASE_PORT',
      'RAET',
      'XAMPSCOPE_RAET',
      'AMPSCOPE_RAET-5',
      'AMPSCOPE_',
    ])
      assert.ok(await read([], { [name]: '5' }), name);
  });
});

describe('the help of a command', () => {
  it('is what it does, what it takes by group with defaults, and an example', async () => {
    assert.equal(
      await helpOf(usage('[target..]')),
      [
        'ampscope try [target..]',
        '',
        'Tries it.',
        '',
        '[target..]  What to try',
        '',
        'Scope:',
        '  --exclude  Never probe this address, prefix or @FILE of them (repeatable)',
        '',
        'Pace:',
        "  --rate      Packets per second, up to the scope's limit",
        '  --form-gap  At least this long between two requests to one host (default 2s)',
        '  --seed      Fixes the order of the sweep (default drawn)',
        '',
        'Output:',
        '  --quiet  Errors only, and the summary where something changed or was lost',
        '',
        'Options:',
        '  --config  Settings file (default ./ampscope.yaml, else /etc/ampscope/ampscope.yaml)',
        '  --help    Show this help',
        '',
        'Example: ampscope try --rate 5   (slowly)',
        '',
      ].join('\n'),
    );
    assert.match(await helpOf(usage()), /^ampscope try\n\nTries it\.\n\nScope:\n/);
  });
});
