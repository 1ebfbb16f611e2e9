import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { format, resolveConfig } from 'prettier';
import { probes } from '../../probes/list.js';
import { DEFAULT_REASONS, isInDefault, type Language } from '../../probes/probe.js';
import { repositoryRoot } from '../repository.js';

const PAGES = { en: 'docs/operation.md', ja: 'docs/operation.ja.md' } as const;
const HEADS = {
  en: ['asked', 'probes', 'why'],
  ja: ['実行', 'プローブ', '理由'],
} as const;
const WORDS = { en: ['by default', 'where named'], ja: ['既定', '指定時のみ'] } as const;
const [BEGIN, END] = ['<!-- default: written by its test with UPDATE_GOLDEN=1 -->', '<!-- end -->'] as const;

describe('the group default', () => {
  it('holds what Shadowserver reports with a factor and every network may have', () => {
    const asked = new Set(probes.filter(isInDefault).map(({ id }) => id));
    for (const id of ['cldap', 'coap', 'isakmp', 'memcached', 'nat-pmp', 'netbios', 'portmap', 'sip', 'stun'])
      assert.ok(asked.has(id), id);
    for (const id of [
      'tftp',
      'xdmcp',
      'dns-any',
      'dns-resolver',
      'ntp-monlist',
      'ntp-readvar',
      'snmp-getbulk',
    ])
      assert.ok(asked.has(id), id);
    assert.ok(!asked.has('l2tp') && !asked.has('minetest'));
  });

  for (const [language, file] of Object.entries(PAGES) as [Language, string][])
    it(`stands in ${file} with the reason of each probe, and why the others do not belong to it`, async () => {
      const rows = Object.entries(DEFAULT_REASONS).flatMap(([reason, why]) => {
        const ids = probes.filter(({ inDefault }) => inDefault === reason).map(({ id }) => `\`${id}\``);
        const [byDefault, named] = WORDS[language];
        const asked = reason.startsWith('yes') ? byDefault : named;
        return ids.length === 0 ? [] : [`| ${asked} | ${ids.join(' ')} | ${why[language]} |`];
      });
      const table = [`| ${HEADS[language].join(' | ')} |`, '| --- | --- | --- |', ...rows].join('\n');
      const path = join(repositoryRoot, file);
      const page = readFileSync(path, 'utf8');
      const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
      assert.ok(before >= BEGIN.length && after > before);
      const style = await resolveConfig(path);
      const expected = await format(`${page.slice(0, before)}\n\n${table}\n\n${page.slice(after)}`, {
        ...style,
        filepath: path,
      });
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, expected);
      assert.equal(
        readFileSync(path, 'utf8'),
        expected,
        'UPDATE_GOLDEN=1 npm test -- default-group writes it',
      );
    });
});
