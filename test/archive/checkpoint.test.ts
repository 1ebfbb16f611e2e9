import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CheckpointPlan, CheckpointState, MeasuredEntry } from '../../src/archive/checkpoint.js';
import {
  FORMAT,
  hasCheckpoint,
  openCheckpoint,
  readCheckpoint,
  removeCheckpoint,
} from '../../src/archive/checkpoint.js';
import type { ExchangeJson } from '../../src/archive/exchange-codec.js';
import { EXCHANGE_JSON, decodeExchange, encodeExchange } from '../../src/archive/exchange-codec.js';
import type { Address } from '../../src/domain/address.js';
import { ipv4, ipv6 } from '../../src/domain/address.js';
import type { Exchange, Reading, Traffic } from '../../src/domain/exchange.js';
import { NO_PAYLOADS, NO_TRAFFIC } from '../../src/domain/exchange.js';
import { UsageError } from '../../src/domain/usage-error.js';
import type { Sighting } from '../../src/sweep/sightings.js';
import type { SightingJson } from '../../src/sweep/sighting-codec.js';
import { SIGHTING_JSON, decodeSighting, encodeSighting } from '../../src/sweep/sighting-codec.js';
import { makeWorkspace } from '../cli/workspace.js';

const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }).map(ipv4),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map(ipv6),
);
const counts = fc.nat(2 ** 40);
const bytes = fc.uint8Array({ maxLength: 64 });
/** zod leaves it out of a record; no fact is called so. */
const isKept = (key: string): boolean => key !== '__proto__';
const origins = fc.record({ asn: counts, asName: fc.string() }, { noNullPrototype: true, requiredKeys: [] });
const readings: fc.Arbitrary<Reading> = fc.oneof(
  fc
    .dictionary(fc.string().filter(isKept), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
    .map((facts): Reading => ({ kind: 'answer', facts: Object.fromEntries(Object.entries(facts)) })),
  fc.record(
    {
      kind: fc.constant('refusal' as const),
      reason: fc.string({ unit: 'binary' }),
      transient: fc.constant(true as const),
    },
    { noNullPrototype: true, requiredKeys: ['kind', 'reason'] },
  ),
  fc.string().map((why): Reading => ({ kind: 'unrecognised', why })),
);
const plain = { noNullPrototype: true } as const;
const traffic: fc.Arbitrary<Traffic> = fc.record(
  { datagrams: counts, payloadBytes: counts, ipPackets: counts, wireBytes: counts },
  plain,
);
const exchanges: fc.Arbitrary<Exchange> = fc.record(
  {
    form: fc.string(),
    purpose: fc.constantFrom('measure', 'prime', 'prove', 'rate-check'),
    seenIn: fc.constantFrom('measurement', 'sweep'),
    request: bytes,
    requestedAt: fc.nat(),
    end: fc.constantFrom('quiet', 'capped', 'silent', 'closed', 'unsent'),
    sent: traffic,
    received: traffic,
    replies: fc.array(
      fc.record(
        { afterMs: fc.double({ min: 0, max: 60_000, noNaN: true }), payloadBytes: counts, reading: readings },
        { ...plain, requiredKeys: ['payloadBytes', 'reading'] },
      ),
      { maxLength: 4 },
    ),
    responder: fc.record(
      { address: addresses, port: fc.nat(65_535), origin: origins },
      { ...plain, requiredKeys: ['address', 'port'] },
    ),
    offPath: fc.record({ datagrams: counts, payloadBytes: counts }, plain),
    caveats: fc.subarray(['capped', 'lossy', 'undivided', 'off-address', 'duplicated', 'late'] as const),
    offPathAddresses: counts,
    askedBack: fc.record({ datagrams: counts, payloadBytes: counts }, plain),
    listenedMs: counts,
    farewellBytes: counts,
    sendError: fc.string(),
  },
  {
    ...plain,
    requiredKeys: [
      ...(['form', 'purpose', 'seenIn', 'request', 'end', 'sent', 'received'] as const),
      ...(['replies', 'offPath', 'caveats'] as const),
    ],
  },
);
const usual: fc.Arbitrary<Sighting> = fc.record(
  {
    probed: addresses,
    probe: fc.nat(20),
    forms: fc.uniqueArray(fc.nat(5), { minLength: 1 }).map((forms) => new Set(forms)),
    form: fc.nat(5),
    request: bytes,
    firstReading: readings,
    firstPayloadBytes: counts,
    responder: addresses,
    responderPort: fc.nat(65_535),
    firstSeenAt: fc.nat(),
    firstReplyMs: fc.option(fc.nat(), { nil: undefined }),
    generation: fc.constant(0),
    datagrams: counts,
    payloadBytes: counts,
    ipPackets: counts,
    wireBytes: counts,
    offPathDatagrams: counts,
    offPathBytes: counts,
  },
  plain,
);
const sightings: fc.Arbitrary<Sighting> = fc
  .tuple(
    usual,
    fc.record(
      {
        responderOrigin: origins,
        undivided: fc.record({ requests: counts, largestPayloadBytes: counts }, plain),
        tookMs: counts,
      },
      { ...plain, requiredKeys: [] },
    ),
  )
  .map(([sighting, more]) => ({ ...sighting, ...more }));
const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('what a checkpoint holds comes back the same', () => {
  it('exchanges, of both families, with and without what may be absent', () => {
    fc.assert(
      fc.property(exchanges, (exchange) => {
        const json = throughText(encodeExchange(exchange)) as ExchangeJson;
        // What a shape does not name, parse leaves out.
        assert.deepEqual(EXCHANGE_JSON.parse(json), json);
        assert.deepEqual(decodeExchange(json), zeroed(exchange));
      }),
    );
  });

  it('sightings', () => {
    fc.assert(
      fc.property(sightings, (sighting) => {
        const json = throughText(encodeSighting(sighting)) as SightingJson;
        assert.deepEqual(SIGHTING_JSON.parse(json), json);
        assert.deepEqual(decodeSighting(json), sighting);
      }),
    );
  });
});

const workspace = makeWorkspace();
const PLAN: CheckpointPlan = {
  format: FORMAT,
  ampscope_version: '1.2.3',
  scan_id: 'x',
  started_at: 1,
  token_key: '00ff',
  scope: { path: '/scope.yaml', sha256: 'ab', text: '', allowed: ['192.0.2.0-192.0.2.255'] },
  targets: { given: [], ranges: ['192.0.2.0-192.0.2.255'], excluded_addresses: 0, left_out: [] },
  exclude: { read: [], lists: [] },
  settings: { rate: 5 },
};
const STATE: CheckpointState = {
  saved_at: 1,
  sweep: { position: 7 },
  sightings: [],
  counters: {},
  sessions: [],
};
const entry = (probed: string): MeasuredEntry => ({ probe: 0, probed, firstSeenAt: 5, exchanges: [] });
const options = { fileMode: 0o600 };
const makeDirectory = (name: string): string => {
  const directory = join(workspace.path, name);
  mkdirSync(directory);
  return directory;
};
/** As if another process had written it: ours is still going on. */
const abandon = (directory: string): void => {
  const path = join(directory, 'checkpoint', 'state.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"start_ticks":"\d+"/, '"start_ticks":"0"'));
};

describe('a checkpoint', () => {
  it('holds the measurements up to the last save, and nothing behind it, over several sessions', async () => {
    const directory = makeDirectory('sessions');
    const writer = await openCheckpoint(directory, { ...options, plan: PLAN });
    await writer.save(STATE, [entry('192.0.2.1')]);
    await writer.save({ ...STATE, sweep: { position: 9 } }, [entry('192.0.2.2')]);
    await writer.close();
    appendFileSync(join(directory, 'checkpoint', 'measurements.jsonl'), '[0,"192.0.2.3",5,[');
    abandon(directory);
    const first = await readCheckpoint(directory, '1.2.3');
    assert.deepEqual(
      first.measured.map(({ probed }) => probed),
      ['192.0.2.1', '192.0.2.2'],
    );
    assert.deepEqual(first.state.sweep, { position: 9 });
    const again = await openCheckpoint(directory, { ...options, measurementsBytes: first.measurementsBytes });
    await again.save(STATE, [entry('192.0.2.4')]);
    await again.close();
    abandon(directory);
    assert.deepEqual(
      (await readCheckpoint(directory, '1.2.3')).measured.map(({ probed }) => probed),
      ['192.0.2.1', '192.0.2.2', '192.0.2.4'],
    );
    await removeCheckpoint(directory);
    assert.equal(await hasCheckpoint(directory), false);
  });

  it('is refused while its process lives, by another version, when damaged, and when there is none', async () => {
    const directory = makeDirectory('refused');
    const refused = (problem: RegExp, version = '1.2.3'): Promise<void> =>
      assert.rejects(readCheckpoint(directory, version), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, problem);
        return true;
      });
    await refused(/nothing to go on from/);
    const writer = await openCheckpoint(directory, { ...options, plan: PLAN });
    await writer.save(STATE, [entry('192.0.2.1')]);
    await writer.close();
    await refused(new RegExp(`this run is going on, in process ${process.pid}`));
    abandon(directory);
    await refused(/ampscope 1\.2\.3 began this run, and this is 2\.0\.0/, '2.0.0');
    writeFileSync(join(directory, 'checkpoint', 'measurements.jsonl'), '');
    await refused(/measurements\.jsonl: damaged$/);
    const change = (file: string, from: RegExp, to: string): void => {
      const path = join(directory, 'checkpoint', file);
      const text = readFileSync(path, 'utf8');
      assert.notEqual(text.replace(from, to), text);
      writeFileSync(path, text.replace(from, to));
    };
    change('state.json', /"saved_at":1/, '"saved_at":"1"');
    await refused(/state\.json: damaged: "saved_at" is no number$/);
    writeFileSync(join(directory, 'checkpoint', 'state.json'), '{"format":1');
    await refused(/state\.json: damaged: no JSON$/);
    change('plan.json', /"left_out":\[\]/, '"left_out":[{"prefix":"::/0"}]');
    await refused(/plan\.json: damaged: "targets\.left_out\.0\.reason" is missing$/);
    change('plan.json', /"excluded_addresses":0/, '"excluded_addresses":-1');
    await refused(/plan\.json: damaged: "targets\.excluded_addresses" is below 0$/);
    change('plan.json', /"format":1/, '"format":2');
    await refused(/plan\.json: damaged: "format" is 2, not 1$/);
  });

  it('names the line and the key of a measurement that is none', async () => {
    const directory = makeDirectory('measurement');
    const writer = await openCheckpoint(directory, { ...options, plan: PLAN });
    const reply = { payloadBytes: 3, reading: { kind: 'answer', facts: {} } } as const;
    const exchange: Exchange = {
      form: 'f',
      purpose: 'measure',
      seenIn: 'measurement',
      request: new Uint8Array(1),
      end: 'quiet',
      sent: NO_TRAFFIC,
      received: NO_TRAFFIC,
      replies: [reply],
      offPath: NO_PAYLOADS,
      caveats: [],
    };
    await writer.save(STATE, [{ ...entry('192.0.2.1'), exchanges: [exchange] }, entry('192.0.2.x')]);
    await writer.close();
    abandon(directory);
    await assert.rejects(readCheckpoint(directory, '1.2.3'), {
      message: /measurements\.jsonl:2: damaged: "1" is not an IP address$/,
    });
    const path = join(directory, 'checkpoint', 'measurements.jsonl');
    const text = readFileSync(path, 'utf8').replace('192.0.2.x', '192.0.2.2');
    writeFileSync(path, text.replace('"answer"', '"guess!"'));
    await assert.rejects(readCheckpoint(directory, '1.2.3'), {
      message: /measurements\.jsonl:1: damaged: "3\.0\.replies\.0\.2\.kind" is of no kind that it may be$/,
    });
  });
});

/** JSON has no negative zero. */
function zeroed(exchange: Exchange): Exchange {
  return {
    ...exchange,
    replies: exchange.replies.map((reply) =>
      reply.afterMs === undefined ? reply : { ...reply, afterMs: reply.afterMs + 0 },
    ),
  };
}
