import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { xdmcp } from '../../probes/xdmcp/xdmcp.js';
import { exchangeFrom } from './exchanges.js';

const probe = xdmcp.build(undefined);
const [form] = probe.sweepForms;
const request = form.encode(0);
const [willing = assert.fail(), unwilling = assert.fail()] = xdmcp.emulatedServers;

describe('the probe of xdmcp', () => {
  it('sends a Query without names of authentication, which opens no session, and nothing else', () => {
    assert.equal(Buffer.from(request).toString('hex'), '00010002000100');
    assert.equal(probe.next([exchangeFrom(willing, form.name, request, probe)]), undefined);
  });

  it('reads host and status of both answers, and tells them apart by a tag', () => {
    for (const [server, tags, detail] of [
      [willing, ['xdmcp'], 'Willing: host "vm"; status "Willing to manage"'],
      [
        unwilling,
        ['xdmcp', 'unwilling'],
        'Unwilling: host "lab"; status "Display not authorized to connect"',
      ],
    ] as const) {
      const judgement = probe.judge([exchangeFrom(server, form.name, request, probe)]);
      assert.ok(judgement.kind === 'exposure');
      assert.deepEqual(judgement.tags, tags);
      assert.equal(judgement.detail, detail);
    }
  });

  it('knows no answer whose lengths do not fit, of another version or of another kind', () => {
    const answer = Buffer.from(willing.reply(request)[0] ?? assert.fail());
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(answer);
      copy[at] = value;
      return copy;
    };
    assert.equal(probe.read(answer, request).kind, 'answer');
    for (const other of [
      changed(1, 2),
      changed(3, 7),
      changed(5, 24),
      changed(9, 200),
      changed(13, 16),
      answer.subarray(0, 20),
    ])
      assert.equal(probe.read(other, request).kind, 'unrecognised', other.toString('hex'));
  });
});
