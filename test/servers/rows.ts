import assert from 'node:assert/strict';
import { probes } from '../../probes/list.js';
import type { Probe } from '../../probes/probe.js';
import { trafficOf, type Exchange } from '../../src/domain/exchange.js';
import { severityOf, type Judgement } from '../../src/domain/finding.js';
import { factorsOf, reportedExchange } from '../../src/domain/factors.js';
import { captures } from '../probes/captures.js';
import { exchangeOf, exchangeWith } from '../probes/exchanges.js';
import { repliesTo } from './compare.js';
import type { CapturedDatagram } from './pcap.js';
import type { RealServer } from './real-servers.js';
import type { FindingRecord } from './scan.js';
import { rowOf, type Row } from './table.js';

/** Every probe as a scope with these settings builds it. */
export function builtProbes(settings: Readonly<Record<string, unknown>>): readonly Probe[] {
  return probes.map((definition) => definition.build(settings[definition.settings?.key ?? '']));
}

/**
 * What the run says of one server: a row a probe that asks one of its ports. Where the run has no finding, the row
 * comes from the capture, through the probe's own reading.
 */
export function rowsOf(
  server: RealServer,
  asked: readonly Probe[],
  findings: readonly FindingRecord[],
  capture: readonly CapturedDatagram[],
): readonly Row[] {
  return asked
    .filter(({ port }) => server.ports.includes(port))
    .map((probe) => {
      const finding = findings.find((each) => each.ip === server.address && each.probe === probe.id);
      return finding
        ? findingRow(server.name, finding)
        : judgedRow(server.name, probe, exchangesIn(capture, server.address, probe));
    });
}

/** What the captured exchanges of one server in test/captures mean: a row a probe that asks what was asked there. */
export function capturedRows(server: string, file: string): readonly Row[] {
  const own = captures.filter((capture) => capture.file === file && capture.family === 4);
  return builtProbes({})
    .filter(({ protocol }) => own.some((capture) => capture.protocol === protocol))
    .flatMap((probe) => {
      const form = formIn(probe);
      const done = own.flatMap((capture) => {
        const name = form(capture.request);
        return name === undefined ? [] : [{ ...exchangeOf(capture, probe), form: name }];
      });
      return done.length === 0 ? [] : [judgedRow(server, probe, done.slice(0, 1), true)];
    });
}

function findingRow(server: string, { exchanges, report, severity, tag = '', probe }: FindingRecord): Row {
  const reported = exchanges.find((exchange) => exchange.reported === true);
  assert.ok(reported, `${server}, ${probe}: one exchange is the reported one`);
  const { form, request_size, datagrams, response_size, ip_packets, wire_bytes, sizes = [] } = reported;
  const received = {
    datagrams,
    payloadBytes: response_size,
    ipPackets: ip_packets,
    wireBytes: wire_bytes,
  };
  const verdict = exposureTexts(report, severity, tag.split(';').filter(Boolean));
  return rowOf(server, probe, { form, sent: trafficOf(request_size, 4), received, sizes }, verdict);
}

/** @param mayBeExposed false where the run would have reported an exposure. */
function judgedRow(server: string, probe: Probe, done: readonly Exchange[], mayBeExposed = false): Row {
  const shown = reportedExchange(done) ?? done[0];
  assert.ok(shown, `${server} was asked ${probe.id}`);
  const judgement = probe.judge(done);
  assert.ok(
    mayBeExposed || judgement.kind !== 'exposure',
    `${server}: the run does not report what the capture shows of ${probe.id}`,
  );
  const sizes = shown.replies.map(({ payloadBytes }) => payloadBytes);
  return rowOf(server, probe.id, { ...shown, sizes }, textsOf(probe, shown, judgement));
}

function textsOf(probe: Probe, shown: Exchange, judgement: Judgement): string {
  if (judgement.kind === 'exposure') {
    const { level } = severityOf(judgement, factorsOf(shown).wireAmplification, probe.severity);
    return exposureTexts(probe.report, level, judgement.tags);
  }
  if (judgement.kind === 'refusal') return `refuses: ${judgement.reason}`;
  return shown.received.datagrams === 0 ? 'silent' : 'no answer to this question';
}

function exposureTexts(report: string, severity: string, tags: readonly string[]): string {
  return `\`${report}\` ${severity}${tags.length > 0 ? `: ${tags.join(', ')}` : ''}`;
}

/** The exchanges of a sweep with one server, from the capture alone. */
function exchangesIn(capture: readonly CapturedDatagram[], address: string, probe: Probe): Exchange[] {
  const formOf = formIn(probe);
  return capture.flatMap((request) => {
    if (request.destination !== address || request.destinationPort !== probe.port) return [];
    const form = formOf(request.payload);
    if (form === undefined) return [];
    const replies = repliesTo(request, 'sweep', capture)
      .filter(({ payload }) => probe.asksBack?.(payload) !== true)
      .map(({ payload }) => ({
        payloadBytes: payload.length,
        reading: probe.read(payload, request.payload),
      }));
    return [exchangeWith({ form, request: request.payload, replies })];
  });
}

/** The name of the probe's sweep form that a request is: the same bytes wherever no nonce changes them. */
function formIn(probe: Probe): (request: Uint8Array) => string | undefined {
  const most = 2 ** (probe.nonce?.bits ?? 0);
  // 2^32 / the golden ratio: every bit of the nonce is now 0 and now 1.
  const nonces = Array.from({ length: 64 }, (_, i) => ((i * 0x9e3779b1) >>> 0) % most);
  const shapes = probe.sweepForms.map((form) => ({
    name: form.name,
    encoded: nonces.map((nonce) => form.encode(nonce)),
  }));
  return (request) =>
    shapes.find(
      ({ encoded: [first, ...more] }) =>
        first?.length === request.length &&
        first.every((byte, i) => byte === request[i] || more.some((other) => other[i] !== byte)),
    )?.name;
}
