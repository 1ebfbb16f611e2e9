import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sendBufferErrors6In, sendBufferErrorsIn } from '../../src/udp/send-buffer-drops.js';

const SNMP = `Ip: Forwarding DefaultTTL
Ip: 1 64
Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors
Udp: 100 2 3 400 5 191 0
UdpLite: InDatagrams SndbufErrors
UdpLite: 0 7
`;

describe('what the kernel threw away before it left', () => {
  it('is the number under SndbufErrors of the Udp lines, wherever that column stands', () => {
    assert.equal(sendBufferErrorsIn(SNMP), 191);
    assert.equal(sendBufferErrorsIn(SNMP.replace('SndbufErrors', 'Other')), undefined);
    assert.equal(sendBufferErrorsIn(''), undefined);
  });

  it('is Udp6SndbufErrors for IPv6', () => {
    assert.equal(sendBufferErrors6In('Udp6OutDatagrams   9\nUdp6SndbufErrors                \t12\n'), 12);
    assert.equal(sendBufferErrors6In('UdpLite6SndbufErrors 12\n'), undefined);
  });
});
