import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MODE6_HEADER_BYTES, writeMode6 } from '../../probes/ntp/mode6.js';
import type { Probe } from '../../probes/probe.js';
import { callsOf } from '../fuzz/calls.js';
import { calibrate, timesLimit } from '../fuzz/cost.js';
import { LARGEST_PAYLOAD, fill } from '../fuzz/grow.js';
import { subjects } from '../fuzz/subjects.js';

/** What once took a reader seconds, or was found to take more than the law allows: a head, and what follows it. */
const COSTLY: readonly {
  readonly about: string;
  readonly probe: string;
  readonly head: string;
  readonly token: string;
  readonly bytes: number;
}[] = [
  // The first six are of the first version, which hung in some of them for ever.
  { about: 'quotes without a comma', probe: 'ntp-readvar', head: text('a="'), token: hexOf('x"'), bytes: 95 },
  { about: 'quoted values', probe: 'ntp-readvar', head: text(''), token: hexOf('version="a" '), bytes: 108 },
  {
    about: 'quotes, a whole datagram of them',
    probe: 'ntp-readvar',
    head: text(''),
    token: '22',
    bytes: 65_504,
  },
  { about: 'blanks before a quote', probe: 'ntp-readvar', head: text('a=x'), token: '20', bytes: 9000 },
  {
    about: 'a list of 4,095 items without any',
    probe: 'ntp-monlist',
    head: 'd700032a0fff0048',
    token: '',
    bytes: 8,
  },
  {
    about: 'records that point at one long name',
    probe: 'dns-any',
    head: `4a5b818000012000000000000366617404746573740000ff0001` + `3f${'61'.repeat(63)}`.repeat(3) + '00',
    token: 'c01a00020001000000000002c01a',
    bytes: LARGEST_PAYLOAD,
  },
  // Found by the fuzzer.
  {
    about: 'variables of two bytes',
    probe: 'ntp-readvar',
    head: text(''),
    token: hexOf('a,'),
    bytes: 65_504,
  },
  {
    about: 'sources by name',
    probe: 'ntp-readvar',
    head: text(''),
    token: hexOf('srcadr=::,'),
    bytes: 65_504,
  },
  {
    about: 'points behind a value',
    probe: 'ntp-readvar',
    head: text('a='),
    token: hexOf('. '),
    bytes: 65_504,
  },
  { about: 'questions of the root', probe: 'dns-resolver', head: '4a5b81b702', token: '00', bytes: 700 },
  {
    about: 'questions of the root, as many as one packet holds',
    probe: 'dns-resolver',
    head: '4a5b81b702',
    token: '00',
    bytes: 1472,
  },
  {
    about: 'options of four bytes',
    probe: 'dns-any',
    head: '4a5b8180000100000000000103666174047465737400' + '00ff0001' + '000029100000000000ffb0',
    token: '000f00020012',
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'texts of no characters',
    probe: 'dns-any',
    head: '4a5b8180000100010000000003666174047465737400' + '00ff0001' + 'c00c0010000100000000ffb0',
    token: '00',
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'the smallest bindings',
    probe: 'snmp-getbulk',
    head: '30840000ffdd02010104067075626c6963a2840000ffcc02040000000102010002010030840000ffb6',
    token: '30050601000500',
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'bindings with long names',
    probe: 'snmp-getbulk',
    head: '30840000ffdd02010104067075626c6963a2840000ffcc02040000000102010002010030840000ffb6',
    token: `30160610${'01'.repeat(16)}0202ffff`,
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'an engine id of 64 KB',
    probe: 'snmp-v3-discovery',
    head: '3084',
    token: '0482ff00',
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'variables as servers have them, far more of them',
    probe: 'ntp-readvar',
    head: text(''),
    token: hexOf('refid=INIT, reftime=0x00000000.00000, rootdelay=0.000, rootdisp=0.045,\r\n'),
    bytes: 16_384,
  },
  {
    about: 'a list of so many entries that none is left out',
    probe: 'ntp-monlist',
    head: '97000214ffff0018',
    token: '3a2d2e31',
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'a text of one character again and again',
    probe: 'dns-resolver',
    head: '4a5b848000010001000000000776657273696f6e0462696e640000100003' + 'c00c0010000300000000174a',
    token: '01',
    bytes: 6000,
  },
  {
    about: 'lines with a point in each',
    probe: 'chargen',
    head: '',
    token: hexOf(`${'!'.repeat(60)}:-./0123\n`),
    bytes: LARGEST_PAYLOAD,
  },
  {
    about: 'lines of a version',
    probe: 'chargen',
    head: '',
    token: hexOf('CAP/1.1 200 OK\r\n'),
    bytes: 16_384,
  },
  { about: 'one line of times', probe: 'daytime', head: '', token: hexOf(' 21:2'), bytes: LARGEST_PAYLOAD },
  { about: 'lines of a character', probe: 'chargen', head: '', token: '410a', bytes: LARGEST_PAYLOAD },
  { about: 'one line', probe: 'echo', head: '', token: 'ff', bytes: LARGEST_PAYLOAD },
  { about: 'a word as long as a quote may be', probe: 'qotd', head: '', token: '61', bytes: 512 },
];

describe('what once took long', () => {
  const limitOf = calibrate();
  for (const { about, probe: id, head, token, bytes } of COSTLY)
    it(`${id}: ${about}, ${bytes} bytes`, () => {
      const probe = probeOf(id);
      const payload = new Uint8Array(bytes);
      payload.set(Buffer.from(head, 'hex').subarray(0, bytes));
      if (token !== '') fill(payload, head.length / 2, Buffer.from(token, 'hex'));
      // The count of a mode 6 packet is that of its data.
      if (id === 'ntp-readvar')
        new DataView(payload.buffer).setUint16(10, Math.floor((bytes - MODE6_HEADER_BYTES) / 4) * 4);
      for (const { name, run } of callsOf(probe, payload, probe.sweepForms[0].encode(1))) {
        const times = timesLimit(run, bytes, limitOf);
        assert.ok(times <= 1, `${name} takes ${times.toFixed(1)} times the limit`);
      }
    });
});

function probeOf(id: string): Probe {
  const subject = subjects.find(({ probe }) => probe.id === id);
  assert.ok(subject);
  return subject.probe;
}

/** The head of an answer to the probe's first question, and the beginning of its text. */
function text(beginning: string): string {
  const head = writeMode6({
    version: 2,
    response: true,
    error: false,
    more: false,
    opcode: 2,
    sequence: 1,
    status: 0,
    association: 0,
    offset: 0,
    data: new Uint8Array(0),
  });
  return Buffer.from(head).toString('hex') + hexOf(beginning);
}

function hexOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('hex');
}
