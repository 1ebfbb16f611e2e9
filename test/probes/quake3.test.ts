import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Probe } from '../../probes/probe.js';
import { quake3 } from '../../probes/quake3/quake3.js';
import type { Exchange } from '../../src/domain/exchange.js';
import type { FindingRecord } from '../../src/domain/finding-record.js';
import { reportedExchange } from '../../src/domain/factors.js';
import { interview } from '../../src/measure/interview.js';
import { exchangeFrom } from './exchanges.js';

const probe: Probe = quake3.build(undefined);
const [getstatus] = probe.sweepForms;
const request = getstatus.encode(0);
const serverOf = (name: string) =>
  quake3.emulatedServers.find((server) => server.name === name) ?? assert.fail(name);
const askedAll = (name: string): readonly Exchange[] => interview(probe, serverOf(name)).exchanges;
const exposureOf = (done: readonly Exchange[]) => {
  const judgement = probe.judge(done);
  assert.ok(judgement.kind === 'exposure');
  return judgement;
};

describe('the questions of quake3', () => {
  it('are getstatus of 13 bytes, then getinfo of 11 to those that answered', () => {
    assert.equal(Buffer.from(request).toString('latin1'), '\xff\xff\xff\xffgetstatus');
    const next = probe.next([exchangeFrom(serverOf('nexuiz-2.5.2'), getstatus.name, request, probe)]);
    assert.equal(Buffer.from(next?.form.encode(0) ?? '').toString('latin1'), '\xff\xff\xff\xffgetinfo');
    assert.equal(next?.purpose, 'measure');
    assert.equal(askedAll('nexuiz-2.5.2').length, 2);
  });
});

describe('the reader of quake3', () => {
  const kindOf = (text: string): string => probe.read(Buffer.from(text, 'latin1'), request).kind;

  it('knows the answer to the question that was asked, with its variables, and no other', () => {
    assert.equal(kindOf('\xff\xff\xff\xffstatusResponse\n\\mapname\\q3dm17\n'), 'answer');
    for (const other of [
      '\xff\xff\xff\xffinfoResponse\n\\mapname\\q3dm17',
      '\xff\xff\xff\xffstatusResponse\n',
      '\xff\xff\xff\xffprint\nNo rconpassword set on the server.\n',
      'statusResponse\n\\mapname\\q3dm17\n',
      // QuakeWorld and GoldSource begin with the same mark.
      '\xff\xff\xff\xffn\\*version\\MVDSV\n',
      '\xff\xff\xff\xffI\x11name\0',
    ])
      assert.equal(kindOf(other), 'unrecognised', other);
  });

  it('counts the lines of players and keeps none of their names', () => {
    const text = '\xff\xff\xff\xffstatusResponse\n\\sv_maxclients\\8\n5 48 "alice"\n0 30 "bob"\n';
    const reading = probe.read(Buffer.from(text, 'latin1'), request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(reading.facts, { answer: 'statusResponse', maxclients: '8', players: 2 });
    const fields = probe.dissect(Buffer.from(text, 'latin1'));
    assert.deepEqual(
      fields.map(({ name, masked }) => [name, masked]),
      [
        ['out-of-band mark', undefined],
        ['message', undefined],
        ['variables', undefined],
        ['player', true],
        ['player', true],
      ],
    );
  });
});

describe('the judgement of quake3', () => {
  it('shows the question that amplifies more on the wire, and names game, map and players', () => {
    const done = askedAll('openarena-0.8.8');
    assert.equal(reportedExchange(done)?.form, 'getstatus');
    const { detail, version, facts } = exposureOf(done);
    assert.equal(detail, 'server "lab"; game baseoa; map oa_dm1; 0 of 8 players');
    assert.match(version ?? '', /^ioq3 1\.36/);
    assert.equal(facts?.['silent'], undefined);
    assert.equal(exposureOf(askedAll('nexuiz-2.5.2')).version, 'DarkPlaces');
  });

  it('keeps the one answer where a limit for both questions left the other silent, and says so in both languages', () => {
    const done = askedAll('quake3-one-limit');
    assert.deepEqual(
      done.map(({ form, end }) => [form, end]),
      [
        ['getstatus', 'quiet'],
        ['getinfo', 'silent'],
      ],
    );
    assert.equal(reportedExchange(done)?.form, 'getstatus');
    const { detail, facts } = exposureOf(done);
    assert.match(
      detail ?? '',
      /; getinfo was not answered beside the other question: one limit may count both$/,
    );
    const texts = probe.textsFor?.({ facts } as unknown as FindingRecord);
    assert.equal(texts?.detail?.en, detail);
    assert.match(texts?.detail?.ja ?? '', /getinfo には応答なし/);
    // It holds the other way round too: whatever the sweep had used up.
    assert.equal(exposureOf(done.toReversed()).facts?.['silent'], 'getinfo');
  });
});
