import assert from 'node:assert/strict';
import type { Probe } from '../../probes/probe.js';
import type { CapturedDatagram } from './pcap.js';
import type { ExchangeRecord, FindingRecord } from './scan.js';

/** One exchange as the capture has it. */
export interface CapturedExchange {
  readonly request: CapturedDatagram;
  readonly replies: readonly CapturedDatagram[];
  /** Questions that the host asked back. */
  readonly askedBack: readonly CapturedDatagram[];
  /** From addresses that were not asked. */
  readonly elsewhere: readonly CapturedDatagram[];
}

/** Requests to one host are at least a second apart: what is nearer than this to the record is its request. */
const CLOCKS_APART_MS = 500;
/** A machine that is busy lets a process read so long after its interface had the reply. */
const MOST_LATE_MS = 2000;

/**
 * Finds an exchange of a finding in the capture of the same run: the request by its bytes and its time, the
 * replies by the port it was sent from. Nothing else of the record is used to find them.
 * @param probe says which datagrams are questions of the host itself.
 */
export function findExchange(
  record: ExchangeRecord,
  to: { readonly address: string; readonly port: number },
  capture: readonly CapturedDatagram[],
  probe: Pick<Probe, 'asksBack'> = {},
): CapturedExchange {
  assert.ok(record.requested_at !== undefined, `${record.form}: requested_at is known`);
  const atMicros = Date.parse(record.requested_at) * 1000;
  const distance = ({ tsMicros }: CapturedDatagram): number => Math.abs(tsMicros - atMicros);
  const [request] = capture
    .filter(
      ({ destination, destinationPort, payload }) =>
        destination === to.address &&
        destinationPort === to.port &&
        Buffer.from(payload).toString('hex') === record.request,
    )
    .sort((a, b) => distance(a) - distance(b));
  assert.ok(request, `${record.form}: its request is in the capture`);
  assert.ok(
    distance(request) < CLOCKS_APART_MS * 1000,
    `${record.form}: requested_at is when the request was seen, not ${distance(request) / 1000} ms from it`,
  );
  const heard = repliesTo(request, record.seen_in, capture);
  const isQuestion = (payload: Uint8Array): boolean => probe.asksBack?.(payload) === true;
  const own = heard.filter(({ source }) => source === to.address);
  return {
    request,
    replies: own.filter(({ payload }) => !isQuestion(payload)),
    askedBack: own.filter(({ payload }) => isQuestion(payload)),
    elsewhere: heard.filter(({ source }) => source !== to.address),
  };
}

/** Every figure of the record, from the capture alone. */
export function assertEqualToCapture(record: ExchangeRecord, captured: CapturedExchange): void {
  const { request, replies, askedBack, elsewhere } = captured;
  const [first] = replies;
  const isMeasured = record.seen_in === 'measurement';
  assert.deepEqual(
    {
      request_size: record.request_size,
      request_wire_bytes: record.request_wire_bytes,
      datagrams: record.datagrams,
      response_size: record.response_size,
      ip_packets: record.ip_packets,
      wire_bytes: record.wire_bytes,
      replies_from: record.replies_from,
      replies_port: record.replies_port,
      // The sweep keeps sums, not every datagram.
      sizes: isMeasured ? record.sizes : undefined,
      incomplete: 0,
    },
    {
      request_size: request.payload.length,
      request_wire_bytes: request.wireBytes,
      datagrams: replies.length,
      response_size: sum(replies, ({ payload }) => payload.length),
      ip_packets: sum(replies, ({ ipPackets }) => ipPackets),
      wire_bytes: sum(replies, ({ wireBytes }) => wireBytes),
      replies_from: first?.source,
      replies_port: first?.sourcePort,
      sizes: isMeasured ? replies.map(({ payload }) => payload.length) : undefined,
      incomplete: replies.filter(({ complete }) => !complete).length,
    },
    `${record.form}: the report equals the capture`,
  );
  if (!isMeasured) return;
  assertCountsBeside(record, record.asked_back, askedBack, request.tsMicros);
  assertCountsBeside(record, record.elsewhere, elsewhere, request.tsMicros);
  if (first === undefined) return;
  // A process sees a reply after its interface did, never before.
  const capturedMs = (first.tsMicros - request.tsMicros) / 1000;
  const lateMs = (record.rtt_ms ?? NaN) - capturedMs;
  assert.ok(lateMs > -1 && lateMs < MOST_LATE_MS, `${record.form}: rtt_ms is ${lateMs} ms off`);
}

/**
 * What came beside the answers while the exchange listened. Who asks back goes on when that is over, and a busy machine
 * lets the process read later than its interface: what came at the very end may be in the record or not.
 */
function assertCountsBeside(
  record: ExchangeRecord,
  counted: ExchangeRecord['elsewhere'],
  captured: readonly CapturedDatagram[],
  sentMicros: number,
): void {
  const { datagrams = 0, bytes = 0, addresses } = counted ?? {};
  const untilMs = record.listened_ms ?? NaN;
  const [sure, most] = [untilMs - MOST_LATE_MS, untilMs + 1].map((ms) =>
    captured.filter(({ tsMicros }) => tsMicros - sentMicros <= ms * 1000),
  );
  assert.ok(
    sure && most && sure.length <= datagrams && datagrams <= most.length,
    `${record.form}: ${datagrams} beside`,
  );
  assert.equal(
    bytes,
    sum(most.slice(0, datagrams), ({ payload }) => payload.length),
  );
  if (addresses !== undefined)
    assert.equal(addresses, new Set(most.slice(0, datagrams).map(({ source }) => source)).size);
}

/**
 * The figures of the row: those of the captured exchange that amplifies most on the wire.
 * @param exchanges those of the measurement.
 */
export function assertRowEqualsStrongest(
  finding: FindingRecord,
  exchanges: readonly CapturedExchange[],
): void {
  const factor = (
    { request, replies }: CapturedExchange,
    measure: (datagram: CapturedDatagram) => number,
  ): number => sum(replies, measure) / measure(request);
  const wire = (exchange: CapturedExchange): number => factor(exchange, ({ wireBytes }) => wireBytes);
  const [strongest] = [...exchanges].sort((a, b) => wire(b) - wire(a));
  assert.ok(strongest, 'something was measured');
  const { replies, request } = strongest;
  const { request_size, response_size, packets, amplification, packet_amplification, wire_amplification } =
    finding;
  assert.deepEqual(
    { request_size, response_size, packets, amplification, packet_amplification, wire_amplification },
    {
      request_size: request.payload.length,
      response_size: sum(replies, ({ payload }) => payload.length),
      packets: replies.length,
      amplification: twoDecimals(factor(strongest, ({ payload }) => payload.length)),
      packet_amplification: twoDecimals(factor(strongest, ({ ipPackets }) => ipPackets)),
      wire_amplification: twoDecimals(wire(strongest)),
    },
    'the row equals the strongest captured exchange',
  );
}

/** Whatever came back to the port of the request, until that port was used again. */
export function repliesTo(
  request: CapturedDatagram,
  seenIn: ExchangeRecord['seen_in'],
  capture: readonly CapturedDatagram[],
): CapturedDatagram[] {
  const isBack = ({ destination, destinationPort }: CapturedDatagram): boolean =>
    destination === request.source && destinationPort === request.sourcePort;
  // A socket of the sweep asks many: there only the asked host's datagrams and requests count.
  const concerns = (address: string): boolean => seenIn === 'measurement' || address === request.destination;
  const nextMicros =
    capture.find(
      ({ source, sourcePort, destination, tsMicros }) =>
        source === request.source &&
        sourcePort === request.sourcePort &&
        concerns(destination) &&
        tsMicros > request.tsMicros,
    )?.tsMicros ?? Infinity;
  return capture.filter(
    (datagram) =>
      isBack(datagram) &&
      concerns(datagram.source) &&
      datagram.tsMicros >= request.tsMicros &&
      datagram.tsMicros < nextMicros,
  );
}

function sum(
  datagrams: readonly CapturedDatagram[],
  measure: (datagram: CapturedDatagram) => number,
): number {
  return datagrams.reduce((total, datagram) => total + measure(datagram), 0);
}

/** Factors have two decimals in every format. */
function twoDecimals(value: number): number {
  return Number(value.toFixed(2));
}
