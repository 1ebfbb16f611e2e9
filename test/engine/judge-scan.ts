import assert from 'node:assert/strict';
import type { Address } from '../../src/domain/address.js';
import { formatAddress } from '../../src/domain/address.js';
import type { Exchange } from '../../src/domain/exchange.js';
import type { Finding } from '../../src/domain/finding.js';
import { formOfRequest } from '../probe-double.js';
import type { Behaviour, RandomCase } from './random-network.js';
import { PROBES, hostsIn } from './random-network.js';
import type { SimulatedResult } from './simulated-scan.js';
import type { Delivery, SimulatedNetwork, SimulatedSend } from './simulated-network.js';

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
        alone: own.filter(({ socket }) => socket.role === 'alone'),
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
  if (isWhole) judgeSighted(truth, sighted);
  judgeMeasured(truth, measured, isWhole);
}

/** Where another address answered the sweep, a measurement must hear something too. */
function isConfirmed({ behaviour, probe, replies, host }: Truth): boolean {
  const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
  const isOwn = replies.some(({ from }) => from === host);
  return isOwn || !hasNonce || !behaviour.isSilentAlone;
}

/** Whether every session must hear it: nothing is ever lost, and it answers within the cooldown. */
function isCertain({ behaviour, probe }: Truth): boolean {
  const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
  const hears = behaviour.from === 'host' || (hasNonce && !behaviour.isSilentAlone);
  return hears && behaviour.fates.length === 0 && behaviour.afterMs.every((ms) => ms < 1500);
}

/** The datagrams of the address that counts as the responder, to the form that it answered first. */
function judgeSighted({ host, replies, probe, asked }: Truth, sighted: Exchange): void {
  const own = replies.filter(({ from }) => from === host);
  const relevant = own.length > 0 ? own : replies;
  const first = relevant[0];
  assert.ok(first !== undefined);
  const form = formOfRequest(first.send.payload);
  const bytes = relevant
    .filter(({ send, from }) => formOfRequest(send.payload) === form && from === first.from)
    .reduce((sum, { reply }) => sum + reply.payload.length, 0);
  const what = `${formatAddress(host)} ${probe} in the sweep`;
  assert.equal(sighted.form, PROBES[probe]?.probe.sweepForms[form]?.name, what);
  assert.equal(sighted.responder?.address, first.from, what);
  assert.equal(sighted.received.payloadBytes, bytes, what);
  const { requestedAt } = sighted;
  const askedBefore = asked.filter(
    ({ payload, atMs }) => formOfRequest(payload) === form && atMs <= first.atMs,
  );
  if (requestedAt === undefined) assert.ok(askedBefore.length > 1, `${what}: when it was asked is known`);
  // The log has a mark each 50 ms, and instants are whole milliseconds.
  else
    assert.ok(
      requestedAt <= first.send.now && requestedAt > first.send.now - 52,
      `${what}: asked at ${first.send.now}, and it says ${requestedAt}`,
    );
}

/** Each exchange has one request, and what came back to its socket. */
function judgeMeasured(truth: Truth, measured: readonly Exchange[], isWhole: boolean): void {
  const { host, behaviour, alone, deliveries, probe } = truth;
  const what = `${formatAddress(host)} ${probe} alone`;
  const requests = [...alone];
  // Where the host itself answers after an off-path sender, the measurement of that sighting does not count for it.
  if (isWhole && behaviour.from !== 'both') assert.equal(measured.length, alone.length, what);
  for (const exchange of measured) {
    const at = requests.findIndex(({ payload }) => Buffer.compare(payload, exchange.request) === 0);
    const [send] = requests.splice(at, 1);
    assert.ok(at >= 0 && send !== undefined, `${what}: an exchange without a request`);
    const heard = deliveries.filter((delivery) => delivery.send.socket === send.socket);
    const own = heard.filter(({ from }) => from === host);
    const hasNonce = PROBES[probe]?.probe.nonce !== undefined;
    const counted = own.length > 0 ? own : hasNonce ? heard : [];
    if (!isWhole) continue;
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
