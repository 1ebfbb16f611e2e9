import assert from 'node:assert/strict';
import type { Address } from '../../src/domain/address.js';
import { familyOf, formatAddress } from '../../src/domain/address.js';
import type { Exchange, Traffic } from '../../src/domain/exchange.js';
import { NO_TRAFFIC, addTraffic, trafficOf } from '../../src/domain/exchange.js';
import type { Finding } from '../../src/domain/finding.js';
import { formOfRequest } from '../probe-double.js';
import type { Behaviour, RandomCase } from './random-network.js';
import { FAKE_EPOCH } from '../fake-clock.js';
import { FAREWELL, PROBES, hostsIn } from './random-network.js';
import type { SimulatedResult } from './simulated-scan.js';
import type { Delivery, SimulatedNetwork, SimulatedReply, SimulatedSend } from './simulated-network.js';

/**
 * What a scan must have found, asked and said lost, from what the network saw: which requests left, and which
 * datagrams its sockets were given. It knows nothing of orders, passes, nonces or ledgers.
 */
export function judgeScan(each: RandomCase, network: SimulatedNetwork, scan: SimulatedResult): void {
  const truths = truthsOf(each, network);
  const isWhole = each.stopAtMs === undefined;
  // However late a dropped reply comes: the run asks again what it may have been.
  const isLossless = !network.sends.some(
    (send) => send.socket.role === 'sweep' && isEvidentLoss(send, Infinity),
  );
  for (const truth of truths) {
    judgeAsked(each, truth, isWhole && isLossless);
    judgeFound(truth, scan.findings, isWhole);
    judgeUnknown(each, truth, scan, isWhole);
  }
  for (const [probe, { port }] of PROBES.entries()) {
    const responders = truths.filter((truth) => truth.probe === probe && truth.replies.length > 0).length;
    const said = scan.result.perProbe[probe]?.responders ?? -1;
    if (isWhole) assert.equal(said, responders, `responders of ${port}`);
    else assert.ok(said <= responders, `${said} responders of ${port}, and ${responders} answered`);
  }
  if (isWhole) judgeCounts(network, scan);
}

/** What the network knows of one host and one probe. */
interface Truth {
  readonly host: Address;
  readonly probe: number;
  readonly behaviour: Behaviour;
  /** Requests of the sweep. */
  readonly asked: readonly SimulatedSend[];
  /** Datagrams that sockets of the sweep were given and that prove themselves, in the order in which they came. */
  readonly replies: readonly Delivery[];
  readonly alone: readonly SimulatedSend[];
  readonly farewells: readonly SimulatedSend[];
  readonly deliveries: readonly Delivery[];
}

function truthsOf({ ranges, hosts }: RandomCase, network: SimulatedNetwork): readonly Truth[] {
  const sends = grouped(network.sends, (send) => keyOf(send.to, send.port));
  const deliveries = grouped(network.deliveries, ({ send }) => keyOf(send.to, send.port));
  return hostsIn(ranges).flatMap((host, index) =>
    PROBES.map(({ port, probe }, number): Truth => {
      const behaviour = hosts[index]?.[number];
      assert.ok(behaviour !== undefined);
      const own = sends.get(keyOf(host, port)) ?? [];
      const given = deliveries.get(keyOf(host, port)) ?? [];
      return {
        host,
        probe: number,
        behaviour,
        asked: own.filter(({ socket }) => socket.role === 'sweep'),
        alone: own.filter(({ socket, payload }) => socket.role === 'alone' && !isEqual(payload, FAREWELL)),
        farewells: own.filter(({ payload }) => isEqual(payload, FAREWELL)),
        deliveries: given,
        replies: given.filter(
          ({ send, from }) =>
            send.socket.role === 'sweep' &&
            (from === host || (probe.nonce !== undefined && behaviour.says !== 'unrecognised')),
        ),
      };
    }),
  );
}

/** Each form once in the first pass and once in each further one, but not once the host is known. */
function judgeAsked({ plan }: RandomCase, { host, probe, asked, replies }: Truth, isExact: boolean): void {
  const knownAtMs = replies[0]?.atMs ?? Infinity;
  for (const form of PROBES[probe]?.probe.sweepForms.keys() ?? []) {
    const times = asked.filter(({ payload }) => formOfRequest(payload) === form).map(({ atMs }) => atMs);
    const what = `${formatAddress(host)} form ${form} of ${probe}`;
    assert.ok(times.length >= 1, `${what} was never asked`);
    if (knownAtMs === Infinity) assert.ok(times.length >= 1 + plan.retries, `${what}: ${times.length} times`);
    if (!isExact) continue;
    assert.ok(times.length <= 1 + plan.retries, `${what}: ${times.length} times`);
    for (const atMs of times.slice(1))
      assert.ok(atMs <= knownAtMs, `${what} was asked although it had answered`);
  }
}

function judgeFound(truth: Truth, findings: readonly Finding[], isWhole: boolean): void {
  const { host, probe, behaviour, replies } = truth;
  const own = findings.filter(
    ({ measurement }) => measurement.probed === host && measurement.probedPort === PROBES[probe]?.port,
  );
  assert.ok(own.length <= 1);
  const [finding] = own;
  const what = `${formatAddress(host)} ${probe}`;
  if (finding === undefined) {
    const isFindable = behaviour.says === 'answer' && isConfirmed(truth);
    if (isWhole && isFindable) assert.equal(replies.length, 0, `${what} answered and is no finding`);
    if (isFindable) assert.ok(!isCertain(truth), `${what} always answers and is no finding`);
    return;
  }
  assert.ok(replies.length > 0, `${what} is a finding, and nothing came`);
  if (behaviour.says !== 'answer') {
    assert.equal(behaviour.says, 'unrecognised', what);
    assert.equal(finding.report, 'x_unidentified', what);
    return;
  }
  const [sighted, ...measured] = finding.measurement.exchanges;
  assert.ok(sighted !== undefined);
  for (const exchange of finding.measurement.exchanges) judgeNotAbove(truth, exchange);
  if (isWhole) judgeSighted(truth, sighted);
  judgeMeasured(truth, measured, isWhole);
}

/** Where another address answered the sweep, a measurement must hear something too. */
function isConfirmed({ probe, replies, deliveries, host }: Truth): boolean {
  const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
  const isOwn = replies.some(({ from }) => from === host);
  return isOwn || !hasNonce || deliveries.some(({ send }) => send.socket.role === 'alone');
}

/** Whether every session must hear it: nothing is ever lost, and it answers within the cooldown. */
function isCertain({ behaviour, probe }: Truth): boolean {
  const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
  const hears = behaviour.from === 'host' || (hasNonce && !behaviour.isSilentAlone);
  return hears && behaviour.fates.length === 0 && behaviour.afterMs.every((ms) => ms < 1500);
}

/** However late, lost or doubled its datagrams are: no more stands in an exchange than one request brings at most. */
function judgeNotAbove({ host, probe, asked, alone }: Truth, exchange: Exchange): void {
  // A run that goes on knows of an address outside the scope no more than that it is another one.
  const isHost = exchange.responder === undefined || exchange.responder.address === host;
  const brought = [...asked, ...alone]
    .filter(({ payload }) => formNameOf(probe, payload) === exchange.form)
    .map((send) =>
      sumOf(
        repliesTo(send)
          .filter(({ from = host }) => (from === host) === isHost)
          .map(({ payload }) => payload),
        host,
      ),
    );
  for (const key of ['datagrams', 'payloadBytes', 'ipPackets', 'wireBytes'] as const) {
    const most = Math.max(0, ...brought.map((traffic) => traffic[key]));
    const what = `${formatAddress(host)} ${probe} in the ${exchange.seenIn}`;
    assert.ok(exchange.received[key] <= most, `${what}: ${exchange.received[key]} ${key} of ${most}`);
  }
}

/** The datagrams of the address that counts as the responder, to the request that it answered first, or what is sure of it. */
function judgeSighted({ host, replies, asked, probe }: Truth, sighted: Exchange): void {
  const own = replies.filter(({ from }) => from === host);
  const relevant = own.length > 0 ? own : replies;
  const first = relevant[0];
  assert.ok(first !== undefined);
  const payloads = relevant
    .filter(({ send, from }) => isEqual(send.payload, first.send.payload) && from === first.from)
    .map(({ reply }) => reply.payload);
  // A request with a nonce is like no other; of those without one any that had left by then may have been answered.
  const requests = asked.filter(
    ({ payload, atMs }) => isEqual(payload, first.send.payload) && atMs <= first.atMs,
  ).length;
  const { payloadBytes } = sumOf(payloads, host);
  const largest = Math.max(...payloads.map(({ length }) => length));
  const what = `${formatAddress(host)} ${probe} in the sweep, ${requests} requests`;
  assert.equal(sighted.form, formNameOf(probe, first.send.payload), what);
  assert.equal(sighted.responder?.address, first.from, what);
  const atLeast = requests === 1 ? payloadBytes : Math.max(largest, Math.ceil(payloadBytes / requests));
  assert.equal(sighted.received.payloadBytes, atLeast, what);
  assert.equal(sighted.caveats.includes('undivided'), requests > 1, what);
  const { requestedAt } = sighted;
  if (requestedAt === undefined) assert.ok(requests > 1, `${what}: when it was asked is known`);
  // The log has a mark each 50 ms, and instants are whole milliseconds.
  else
    assert.ok(
      requestedAt <= FAKE_EPOCH + first.send.atMs + ROUNDING_MS && requestedAt > first.send.now - 52,
      `${what}: asked at ${first.send.now}, and it says ${requestedAt}`,
    );
}

function sumOf(payloads: readonly Uint8Array[], host: Address): Traffic {
  return payloads.map(({ length }) => trafficOf(length, familyOf(host))).reduce(addTraffic, NO_TRAFFIC);
}

function repliesTo({ fate }: SimulatedSend): readonly SimulatedReply[] {
  return fate.kind === 'arrives' ? fate.replies : [];
}

function formNameOf(probe: number, request: Uint8Array): string | undefined {
  return PROBES[probe]?.probe.sweepForms[formOfRequest(request)]?.name;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Each exchange has one request, and what came back to its socket. */
function judgeMeasured(truth: Truth, measured: readonly Exchange[], isWhole: boolean): void {
  const { host, behaviour, alone, farewells, deliveries, probe } = truth;
  const what = `${formatAddress(host)} ${probe} alone`;
  const requests = [...alone];
  const answered = measured.filter(
    ({ received, responder }) => received.datagrams > 0 && responder?.address === host,
  );
  if (isWhole && PROBES[probe]?.probe.farewell !== undefined && behaviour.from !== 'both')
    assert.equal(farewells.length, answered.length, `${what}: farewells`);
  // Where the host itself answers after an off-path sender, the measurement of that sighting does not count for it.
  if (isWhole && behaviour.from !== 'both') assert.equal(measured.length, alone.length, what);
  for (const exchange of measured) {
    const at = requests.findIndex(({ payload }) => isEqual(payload, exchange.request));
    const [send] = requests.splice(at, 1);
    assert.ok(at >= 0 && send !== undefined, `${what}: an exchange without a request`);
    // What comes while the farewell waits for its turn belongs to nothing any more.
    const heard = deliveries.filter(
      (delivery) =>
        delivery.send.socket === send.socket && delivery.atMs <= send.atMs + (exchange.listenedMs ?? 0),
    );
    const own = heard.filter(({ from }) => from === host);
    const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
    const counted = own.length > 0 ? own : hasNonce ? heard : [];
    if (!isWhole) continue;
    // It took no longer than in the sweep.
    const [firstMs] = repliesTo(send)
      .flatMap(({ afterMs, from = host }) => (from === host || hasNonce ? afterMs : []))
      .sort((a, b) => a - b);
    if (firstMs !== undefined && firstMs <= LONGEST_WAIT_MS)
      assert.ok(exchange.received.datagrams > 0, `${what}: not waited for, ${firstMs} ms`);
    assert.equal(
      exchange.received.payloadBytes,
      counted.reduce((sum, { reply }) => sum + reply.payload.length, 0),
      what,
    );
  }
}

/** A host whose last request of some form was lost with a sign of it is unknown, not silent. */
function judgeUnknown({ plan }: RandomCase, truth: Truth, scan: SimulatedResult, isWhole: boolean): void {
  const { host, probe, asked, replies } = truth;
  const isUnknown = scan.isUnknown(probe, host);
  if (replies.length > 0 && isWhole) assert.ok(!isUnknown, `${formatAddress(host)} answered and is unknown`);
  if (replies.length > 0) return;
  const lost = asked.filter((send) => isEvidentLoss(send, plan.cooldownMs));
  const last = new Map(asked.map((send) => [formOfRequest(send.payload), send]));
  const mustBeSaid = [...last.values()].some((send) => lost.includes(send));
  if (mustBeSaid) assert.ok(isUnknown, `${formatAddress(host)} ${probe}: a loss is called silence`);
}

function judgeCounts(network: SimulatedNetwork, { result }: SimulatedResult): void {
  const sweep = network.sends.filter(({ socket }) => socket.role === 'sweep');
  const sockets = new Set(sweep.map(({ socket }) => socket));
  const lost = (kind: string): number =>
    result.lossEvents.filter((event) => event.kind === kind).reduce((sum, { count }) => sum + count, 0);
  const left = (kind: string): number => network.sends.filter(({ fate }) => fate.kind === kind).length;
  assert.equal(lost('send_error'), left('refused'), 'refused sends');
  assert.equal(lost('send_buffer'), left('thrown-away'), 'sends thrown away');
  assert.equal(
    lost('socket_drops'),
    [...sockets].reduce((sum, { drops }) => sum + drops, 0),
    'dropped replies',
  );
  for (const [probe, { port }] of PROBES.entries())
    assert.equal(
      result.perProbe[probe]?.sent,
      sweep.filter((send) => send.port === port && send.fate.kind !== 'refused').length,
      `sent of ${port}`,
    );
  assert.equal(network.openSockets(), 0, 'sockets are closed');
}

/** A loss that the system tells of; of a reply only within the cooldown, for later ones are asked of nothing. */
function isEvidentLoss({ fate }: SimulatedSend, cooldownMs: number): boolean {
  if (fate.kind === 'refused' || fate.kind === 'thrown-away') return true;
  return (
    fate.kind === 'arrives' &&
    fate.replies.some((reply) => reply.isDropped === true && reply.afterMs <= cooldownMs)
  );
}

/** A sum of monotonic times may round up to the next whole millisecond. */
const ROUNDING_MS = 1e-3;

/** A measurement waits so long for a host that took as long in the sweep. */
const LONGEST_WAIT_MS = 15_000;

function keyOf(host: Address, port: number): string {
  return `${formatAddress(host)} ${port}`;
}

function grouped<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
