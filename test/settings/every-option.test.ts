import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type * as z from 'zod';
import { commands } from '../../src/commands/index.js';
import { SETTINGS_BY_KEY } from '../../src/settings/all-settings.js';
import { flagOf, variableOf } from '../../src/settings/names.js';
import { helpOf } from '../../src/settings/help.js';
import type { Usage } from '../../src/settings/read-arguments.js';
import { readArguments } from '../../src/settings/read-arguments.js';
import { writtenAs } from '../../src/settings/read-settings.js';
import { ABOUT, isList, pathsFrom } from '../../src/settings/setting.js';
import { makeWorkspace } from '../cli/workspace.js';

const workspace = makeWorkspace();
const EMPTY = workspace.write('empty.yaml', '# nothing is set here\n');

/** Valid for one kind of setting or another. */
const VALID = ['true', '3s', '4000', '7', '0640', 'ja', 'low', 'eml', 'excel', 'changed', 'banana'];
/** Wrong for all but those that take any text. */
const WRONG = 'no banana';
const ANY_TEXT = ['scope', 'targets', 'seed', 'asn_map', 'resume', 'out', 'notice_templates', 'scope_file'];
/** What some need beside them. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  shard: ['--seed', 'spring'],
};

const usages: Usage<z.ZodObject>[] = [];
before(async () => {
  for (const [name, { describe: about, load }] of Object.entries(commands))
    usages.push({ name, describe: about, ...(await load()) });
});

describe('every setting of every command', () => {
  it('is said by a flag, an environment variable and a settings file, and means the same', async () => {
    let count = 0;
    for (const [usage, key, setting] of all()) {
      const sample = sampleOf(key, setting);
      const printed: unknown[] = [];
      for (const [kind, { read }] of Object.entries(waysToSay(usage, key, sample))) {
        const { settings, written } = await read();
        assert.equal(written.get(key)?.source.kind, kind, `${usage.name} ${key}`);
        const isRelative = kind !== 'file';
        printed.push(isRelative ? pathsFrom(workspace.path, setting, settings[key]) : settings[key]);
        count++;
      }
      assert.deepEqual(printed, [printed[0], printed[0], printed[0]], `${usage.name} ${key}`);
    }
    assert.ok(count > 300, `${count} are tried`);
  });

  it('is refused where it is wrong, by the name of the flag, of the variable, or by file and line', async () => {
    const anyText = new Set<string>();
    for (const [usage, key, setting] of all()) {
      const takesAny = setting.safeParse(writtenAs(setting, WRONG)).success;
      if (takesAny) anyText.add(key);
      // Only a mapping is wrong for text, and only a file can hold one.
      const ways = Object.values(waysToSay(usage, key, takesAny ? '{ banana: 1 }' : WRONG));
      for (const { place, read } of takesAny ? ways.slice(-1) : ways)
        await assert.rejects(read, (error: Error & { hint?: string }) => {
          assert.ok(error.message.startsWith(`${place}: `), `${error.message} begins with ${place}`);
          assert.match(error.hint ?? '', /^(?!.*undefined).{5}/, error.message);
          return true;
        });
    }
    assert.deepEqual([...anyText].sort(), [...ANY_TEXT].sort());
  });

  it('is the stronger by flag than by variable, and by variable than by file', async () => {
    for (const [usage, key, setting] of all()) {
      const sample = sampleOf(key, setting);
      const file = workspace.write('weakest.yaml', `${key}: ${sample}\n`);
      const both = { [variableOf(key)]: sample };
      const args = [...firstWords(usage, key), '--config', file];
      const byVariable = await readArguments(usage, args, both);
      assert.equal(byVariable.written.get(key)?.source.kind, 'variable', key);
      const byFlag = await readArguments(usage, [...args, `--${flagOf(key)}=${sample}`], both);
      assert.equal(byFlag.written.get(key)?.source.kind, 'flag', key);
    }
  });

  it('is given once, unless it is a list', async () => {
    for (const [usage, key, setting] of all()) {
      const twice = [sampleOf(key, setting), WRONG].map((text) => `--${flagOf(key)}=${text}`);
      if (!isList(setting))
        await assert.rejects(
          readArguments(usage, [...firstWords(usage, key), ...twice], {}),
          new RegExp(`--${flagOf(key)} is given 2 times`),
        );
    }
  });

  it('stands in the help of the command, in a group, on a screen of 100 columns', async () => {
    for (const usage of usages) {
      const help = await helpOf(usage);
      const groups = new Map(help.split('\n\n').map((part) => [part.split('\n')[0] ?? '', part] as const));
      for (const key of Object.keys(usage.settings.shape)) {
        const group = ABOUT.get(SETTINGS_BY_KEY[key] ?? usage.settings)?.group ?? '';
        assert.match(groups.get(`${group}:`) ?? '', new RegExp(`^  --${flagOf(key)} +\\S`, 'm'), usage.name);
      }
      const lines = help.trimEnd().split('\n');
      assert.ok(Math.max(...lines.map((line) => line.length)) <= 100, help);
      assert.ok(lines.length <= 75, `${usage.name}: ${lines.length} lines`);
      assert.match(help, /\n\nExample: ampscope \S[^]{1,150}$/);
    }
  });
});

function all(): readonly (readonly [Usage<z.ZodObject>, string, z.ZodType])[] {
  return usages.flatMap((usage) =>
    Object.entries<z.ZodType>(usage.settings.shape).map(([key, setting]) => {
      assert.equal(setting, SETTINGS_BY_KEY[key], `${key} is declared once`);
      return [usage, key, setting] as const;
    }),
  );
}

/** A value that says something else than the default. */
function sampleOf(key: string, setting: z.ZodType): string {
  const fallback = JSON.stringify(setting.safeParse(undefined).data);
  const sample = [ABOUT.get(setting)?.example ?? '', ...VALID].find((text) => {
    const { success, data } = setting.safeParse(writtenAs(setting, text));
    return success && JSON.stringify(data) !== fallback;
  });
  assert.ok(sample !== undefined, `${key} has a valid value beside its default`);
  return sample;
}

/** By kind of source, with the place that an error names. */
function waysToSay(
  usage: Usage<z.ZodObject>,
  key: string,
  text: string,
): Readonly<
  Record<
    'flag' | 'variable' | 'file',
    { readonly place: string; readonly read: () => ReturnType<typeof readArguments<z.ZodObject>> }
  >
> {
  const file = workspace.write('ampscope.yaml', `# a comment\n${key}: ${text}\n`);
  const args = firstWords(usage, key);
  return {
    flag: {
      place: `--${flagOf(key)}`,
      read: () => readArguments(usage, [...args, `--${flagOf(key)}=${text}`, '--config', EMPTY], {}),
    },
    variable: {
      place: variableOf(key),
      read: () => readArguments(usage, [...args, '--config', EMPTY], { [variableOf(key)]: text }),
    },
    file: {
      place: `${file}:2: ${key}`,
      read: () => readArguments(usage, [...args, '--config', file], {}),
    },
  };
}

function firstWords({ positional }: Usage<z.ZodObject>, key: string): readonly string[] {
  return [...(positional?.usage.startsWith('<') === true ? ['first'] : []), ...(COMPANIONS[key] ?? [])];
}
