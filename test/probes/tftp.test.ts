import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorDatagram, firstBlock } from '../../probes/tftp/packet.js';
import { tftp } from '../../probes/tftp/tftp.js';
import { exchangeFrom, exchangeWith } from './exchanges.js';

const probe = tftp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const server = (name: string) => tftp.emulatedServers.find((each) => each.name === name) ?? assert.fail(name);

describe('the request of tftp', () => {
  it('reads a file of a name that is ours, without an option, and writes none', () => {
    assert.equal(Buffer.from(request).toString('latin1'), '\0\x01ampscope\0octet\0');
    assert.equal(probe.next([exchangeFrom(server('tftpd-hpa-5.2'), form.name, request, probe)]), undefined);
  });
});

describe('the reader of tftp', () => {
  const kindOf = (payload: Uint8Array): string => probe.read(payload, request).kind;

  it('knows an error by its code and its text, whatever language that is in, or none', () => {
    for (const known of [
      errorDatagram(1, 'File not found'),
      errorDatagram(2, 'アクセス違反'),
      errorDatagram(0, ''),
      errorDatagram(8, 'a\r\nb'),
    ])
      assert.equal(kindOf(known), 'answer', Buffer.from(known).toString('hex'));
    for (const other of [
      errorDatagram(9, 'no code of the standard'),
      errorDatagram(1, 'a\x01b'),
      errorDatagram(1, 'no end').subarray(0, -1),
      Uint8Array.of(0, 5, 0),
    ])
      assert.equal(kindOf(other), 'unrecognised', Buffer.from(other).toString('hex'));
  });

  it('knows the first block of a file, empty or full, and none after it', () => {
    const block = firstBlock(new Uint8Array(512));
    assert.equal(kindOf(block), 'answer');
    assert.equal(kindOf(block.subarray(0, 4)), 'answer');
    assert.equal(kindOf(Uint8Array.of(...block, 0)), 'unrecognised');
    assert.equal(kindOf(Uint8Array.of(0, 3, 0, 2)), 'unrecognised');
  });

  it('keeps nothing of what is in a file', () => {
    const reading = probe.read(firstBlock(Buffer.from('password')), request);
    assert.deepEqual(reading, { kind: 'answer', facts: { opcode: 3, block_bytes: 8 } });
    const fields = probe.dissect(firstBlock(Buffer.from('password')));
    assert.deepEqual(
      fields.map(({ name, value }) => [name, value]),
      [
        ['opcode', '3 data'],
        ['block', '1'],
        ['data', '8 bytes'],
      ],
    );
  });
});

describe('the farewell of tftp', () => {
  const farewell = (answer: Uint8Array): Uint8Array | undefined => probe.farewell?.(answer, request);

  it('is an error for what would be sent again, and nothing after an error, which has ended the transfer', () => {
    const error = errorDatagram(0, 'not wanted');
    assert.deepEqual(farewell(firstBlock(new Uint8Array(512))), error);
    assert.deepEqual(farewell(Buffer.from('\0\x06blksize\x001400\0')), error);
    assert.equal(farewell(errorDatagram(1, 'File not found')), undefined);
    assert.equal(farewell(Uint8Array.of(0)), undefined);
  });
});

describe('the judgement of tftp', () => {
  it('tells a server that has a file for every name from one that says an error', () => {
    const tagsOf = (name: string): readonly string[] => {
      const judgement = probe.judge([exchangeFrom(server(name), form.name, request, probe)]);
      return judgement.kind === 'exposure' ? judgement.tags : [];
    };
    assert.deepEqual(tagsOf('tftpd-hpa-5.2'), ['tftp']);
    assert.deepEqual(tagsOf('tftpd-hpa-any-name'), ['tftp', 'tftp-file']);
  });

  it('has the columns of scan_tftp', () => {
    const judgement = probe.judge([exchangeFrom(server('tftpd-hpa-5.2'), form.name, request, probe)]);
    assert.ok(judgement.kind === 'exposure');
    assert.deepEqual(judgement.facts, {
      opcode: 5,
      errorcode: 1,
      error: 'file not found',
      errormessage: 'File not found',
    });
  });

  it('is nothing where nothing was recognised', () => {
    const reading = probe.read(Buffer.from('?'), request);
    const exchange = exchangeWith({ form: form.name, request, replies: [{ payloadBytes: 1, reading }] });
    assert.equal(probe.judge([exchange]).kind, 'nothing');
  });
});
