import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import snmp from 'net-snmp';
import type { Reading } from '../../probes/probe.js';
import { readEngineId } from '../../probes/snmp/engine-id.js';
import { PDU, encodeVarBind } from '../../probes/snmp/message.js';
import { snmpV3Discovery } from '../../probes/snmp/v3-discovery.js';
import { encodeV3Message, readV3Message, type V3Message } from '../../probes/snmp/v3-message.js';
import { berInteger } from '../../probes/wire/ber.js';
import { captures } from './captures.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';
import { Wire, serverNamed } from './snmp-wire.js';

const probe = snmpV3Discovery.build(undefined);
const [discovery] = probe.sweepForms;
const NONCE = 0x0123_4567;
const request = discovery.encode(NONCE);

describe('the request of snmp-v3-discovery', () => {
  it('is byte for byte what was captured, and zmap’s but for the numbers, which have one length here', () => {
    const capture = captures.find(
      ({ file, label }) => file === 'snmp-snmpd-v1only.json' && label === 'v3-discovery',
    );
    assert.deepEqual(request, capture?.request);
    const zmap = captures.find(({ label }) => label === 'SNMPv3 engine discovery (zmap snmp3)');
    const { msgId, requestId, ...ours } = readV3Message(request) ?? {};
    const {
      msgId: theirMsgId,
      requestId: theirRequestId,
      ...theirs
    } = readV3Message(zmap?.request ?? request) ?? {};
    assert.deepEqual(ours, theirs);
    assert.deepEqual([msgId, requestId], [0x4000_0000 + NONCE, 0x4000_0000 + NONCE]);
    assert.deepEqual([theirMsgId, theirRequestId], [0x4a69, 0x37f0]);
  });

  it('carries every 30-bit nonce in 64 bytes, and a report brings it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 - 1 }), (nonce) => {
        const query = discovery.encode(nonce);
        assert.equal(query.length, 64);
        assert.equal(probe.nonce?.echoed(query), undefined, 'a request is no report');
        const [report = new Uint8Array()] = serverNamed('snmpd-stock').reply(query);
        assert.equal(probe.nonce?.echoed(report), nonce);
        assert.equal(probe.read(report, query).kind, 'answer');
      }),
    );
  });

  it('is understood by the engine of net-snmp, whose report the reader understands', async () => {
    const wire = new Wire();
    const engineID = '80007ed904726f75746572';
    const agent = snmp.createAgent({ port: 161, dgramModule: wire, engineID }, assert.ifError);
    const report = await wire.ask(request);
    agent.close();
    const reading = probe.read(report, request);
    assert.ok(reading.kind === 'answer');
    assert.deepEqual(
      [reading.facts['engine_id'], reading.facts['engine_id_format'], reading.facts['vendor_id']],
      ['80:00:7e:d9:04:72:6f:75:74:65:72', 'text', 32_473],
    );
  });

  it('is a discovery as net-snmp makes one: the report of the lab’s router gives it the engine id', async () => {
    const asked: Uint8Array[] = [];
    const router = serverNamed('router-v3-only');
    const session = snmp.createV3Session(
      '127.0.0.1',
      { name: 'nobody', level: 1 },
      {
        retries: 0,
        timeout: 200,
        dgramModule: new Wire({
          ...router,
          reply: (payload) => {
            asked.push(payload);
            return router.reply(payload);
          },
        }),
      },
    );
    await new Promise<void>((resolve) => {
      session.getNext(['1.3.6.1.2.1'], () => {
        resolve();
      });
    });
    session.close();
    const engineIds = asked.map((payload) => readV3Message(payload)?.engineId.length);
    assert.deepEqual(engineIds, [0, 11], 'discovery, then a request to the engine that it found');
  });
});

describe('the reader of snmp-v3-discovery', () => {
  const message: Omit<V3Message, 'varBinds' | 'complete'> = {
    msgId: 0x4000_0000 + NONCE,
    flags: 0,
    engineId: Uint8Array.of(0x80, 0, 0x1f, 0x88, 0x80, 1, 2, 3, 4),
    boots: 3,
    time: 86_401,
    pdu: PDU.report,
    requestId: 0,
    third: 0,
    fourth: 0,
  };
  const report = (change: Partial<V3Message>, counter = '1.3.6.1.6.3.15.1.1.4.0'): Uint8Array =>
    encodeV3Message({ ...message, ...change }, [encodeVarBind(counter, berInteger(1, 0x41))]);
  const refusal = (reason: string): Reading => ({ kind: 'refusal', reason });
  const unrecognised = (why: string): Reading => ({ kind: 'unrecognised', why });
  const nobody = new Uint8Array();

  it('reads a report as who the engine is, how often it started and how long ago', () => {
    assert.deepEqual(probe.read(report({}), request), {
      kind: 'answer',
      facts: {
        version: 3,
        vendor_id: 8072,
        vendor: 'net-snmp',
        engine_id_format: 'octets-128',
        engine_id: '80:00:1f:88:80:01:02:03:04',
        engine_boots: 3,
        uptime: 86_401,
        report: 'unknown-engine-id',
      },
    });
  });

  const table: readonly (readonly [what: string, payload: Uint8Array, reading: Reading])[] = [
    [
      'a report of an engine that keeps its id',
      report({ engineId: nobody }, '1.3.6.1.6.3.11.2.1.1.0'),
      refusal('unknown-security-model'),
    ],
    [
      'an unknown report without an id',
      report({ engineId: nobody }, '1.3.6.1.2.1.1.1.0'),
      refusal('unknown-report'),
    ],
    ['another msgID', report({ msgId: 0x4000_0000 }), unrecognised('another msgID')],
    ['a response', report({ pdu: PDU.response }), unrecognised('no report PDU')],
    ['the request itself', request, unrecognised('no report PDU')],
    [
      'a time before the start',
      report({ time: -1 }),
      unrecognised('no whole message of SNMPv3 in plain text'),
    ],
    ['nothing', nobody, unrecognised('no whole message of SNMPv3 in plain text')],
  ];
  for (const [what, payload, reading] of table)
    it(`reads ${what} as ${reading.kind}`, () => {
      assert.deepEqual(probe.read(payload, request), reading);
    });

  it('reads every cut before the list of bindings as unrecognised', () => {
    const whole = report({});
    for (let length = 0; length < whole.length - 17; length++)
      assert.equal(probe.read(whole.subarray(0, length), request).kind, 'unrecognised', `${length} bytes`);
  });
});

describe('an engine id', () => {
  const table: readonly (readonly [
    hex: string,
    format: string,
    enterprise: number | undefined,
    shown: boolean,
  ])[] = [
    ['8000000901c0000201', 'ipv4', 9, false],
    ['800007db0220010db8000000000000000000000001', 'ipv6', 2011, false],
    ['8000000903005e00530102', 'mac', 9, false],
    ['80007ed904726f75746572', 'text', 32_473, true],
    ['80000a4c05010203', 'octets', 2636, true],
    ['80001f888001020304', 'octets-128', 8072, true],
    ['80001f880001020304', 'unknown', 8072, false],
    ['80001f882a01020304', 'unknown', 8072, false],
    ['000000090000c000020100a1', 'rfc1910', 9, false],
    ['0000000900', 'unknown', undefined, false],
    ['80000009', 'unknown', undefined, false],
    ['', 'unknown', undefined, false],
    ['80000009' + '05'.repeat(29), 'unknown', undefined, false],
  ];
  for (const [hex, format, enterprise, shown] of table)
    it(`${hex === '' ? 'of no octets' : hex} is ${format}, and ${shown ? 'is shown' : 'nothing of what may be an address is'}`, () => {
      const facts = readEngineId(Uint8Array.from(Buffer.from(hex, 'hex')));
      assert.equal(facts.engine_id_format, format);
      assert.equal(facts.vendor_id, enterprise);
      assert.equal(facts.engine_id?.replaceAll(':', ''), shown ? hex : undefined);
    });
});

describe('what snmp-v3-discovery judges', () => {
  it('is who the engine is; no address of it stands there', () => {
    const judgement = probe.judge([
      exchangeFrom(serverNamed('router-v3-only'), discovery.name, request, probe),
    ]);
    assert.deepEqual(judgement, {
      kind: 'exposure',
      tags: ['snmp-v3'],
      detail:
        'vendor: enterprise 32473; engine id: not shown (format mac); boots: 12; since the last: 29 d 23:59:59',
      facts: {
        version: 3,
        vendor_id: 32_473,
        engine_id_format: 'mac',
        engine_boots: 12,
        uptime: 2_591_999,
        report: 'unknown-engine-id',
      },
    });
    assert.doesNotMatch(JSON.stringify(judgement).replaceAll(/[^0-9a-f]/g, ''), /00005e005302/);
  });

  it('is a refusal, or nothing, where no engine names itself', () => {
    const refused = exchangeWith({
      form: discovery.name,
      request,
      replies: [{ payloadBytes: 60, reading: { kind: 'refusal', reason: 'unknown-security-model' } }],
    });
    assert.deepEqual(probe.judge([refused]), { kind: 'refusal', reason: 'unknown-security-model' });
    const silent = exchangeFrom(serverNamed('printer-v1-only'), discovery.name, request, probe);
    assert.deepEqual(probe.judge([silent]), { kind: 'nothing' });
  });

  it('asks once', () => {
    assert.equal(
      probe.next([exchangeFrom(serverNamed('router-v3-only'), discovery.name, request, probe)]),
      undefined,
    );
  });
});
