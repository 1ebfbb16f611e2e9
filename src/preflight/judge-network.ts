import { countText } from '../domain/count-text.js';
import { sizeOf } from '../scope/address-set.js';
import type { Check } from './check.js';
import type { HostFacts, PlannedScan, SourceFact } from './facts.js';
import { directlyConnected } from './routes.js';

/** How much of the replies a receive buffer should hold while this process is busy with something else. */
const BUSY_MS = 100;
/** nf_conntrack_udp_timeout: how long a flow without an answer is remembered. */
const UNANSWERED_FLOW_S = 30;
const FIRST_UNPRIVILEGED_PORT = 1024;

/** Whether there is a way to the targets, and from which address. */
export function judgeSource({ sourceAddress }: PlannedScan, { sources }: HostFacts): Check {
  const name = 'source address';
  const failed = sources.filter(({ error }) => error !== undefined);
  const [first] = failed;
  if (first === undefined)
    return namesOf(sources) === ''
      ? {
          name,
          status: 'unknown',
          reason: { code: 'source-not-told' },
          finding: 'the system does not tell from which address packets would leave',
        }
      : { name, status: 'ok', finding: `packets leave from ${namesOf(sources)}` };
  if (failed.length < sources.length)
    return {
      name,
      status: 'warning',
      reason: {
        code: 'targets-unreachable',
        data: { targets: failed.map(({ target }) => target).join(', '), error: first.error ?? '' },
      },
      finding: `no way to ${targetsOf(failed)}: ${first.error ?? ''}; packets to the others leave from ${namesOf(sources)}`,
      hint: `"ip route get ${first.target}" shows what is missing; addresses that are not reached stand in run.json as unreachable`,
    };
  if (sourceAddress !== undefined)
    return {
      name,
      status: 'problem',
      finding: `--source: cannot send from ${sourceAddress}: ${first.error ?? ''}`,
      hint: 'name an address of this machine, as "ip address" lists them, that has a route to the targets',
    };
  return {
    name,
    status: 'problem',
    finding: `no route to ${targetsOf(failed)}: ${first.error ?? ''}`,
    hint: `"ip address" and "ip route get ${first.target}" show what is missing: an interface that is up, or a route`,
  };
}

/** Replies to a port below 1024 could be mistaken for a service's, and the other way round. */
export function judgeSourcePort({ parallel, sweepSockets }: PlannedScan, { portRange }: HostFacts): Check {
  const name = 'source ports';
  if (portRange === undefined)
    return {
      name,
      status: 'unknown',
      reason: { code: 'ports-not-told' },
      finding: 'this system does not tell which ports it gives out',
    };
  const { first, last } = portRange;
  const finding = `the system gives out ${first} to ${last}`;
  const hint = 'sudo sysctl -w net.ipv4.ip_local_port_range="32768 60999"';
  if (first < FIRST_UNPRIVILEGED_PORT)
    return { name, status: 'problem', finding: `${finding}, and nothing is sent from below 1024`, hint };
  const needed = parallel + sweepSockets;
  if (last - first + 1 < needed)
    return {
      name,
      status: 'warning',
      reason: { code: 'ports-few', data: { first, last, needed } },
      finding: `${finding}, fewer than the ${needed} sockets wanted`,
      hint,
    };
  return { name, status: 'ok', finding };
}

/** A full neighbour table refuses new targets, as if they were not there (arp(7), gc_thresh3). */
export function judgeNeighbours(planned: PlannedScan, { routes, neighbourLimits }: HostFacts): Check {
  const name = 'neighbour table';
  const direct = directlyConnected(planned.targets, routes);
  const families = ([4, 6] as const).filter((family) => direct[family] > 0);
  if (families.length === 0) return { name, status: 'ok', finding: 'no target is directly connected' };
  const shown = families.map((family) => {
    const limit = neighbourLimits[family];
    const room = limit === undefined ? 'a room that is not told here' : `room for ${countText(limit)}`;
    return `${countText(direct[family])} directly connected IPv${family} targets, ${room}`;
  });
  const finding = shown.join('; ');
  const data = { targets: direct[4] + direct[6] };
  const full = families.filter((family) => direct[family] > (neighbourLimits[family] ?? Infinity));
  if (full.length > 0)
    return {
      name,
      status: 'warning',
      reason: { code: 'neighbours-full', data },
      finding,
      hint: full
        .map((family) => {
          const room = 2 ** Math.ceil(Math.log2(direct[family] * 1.25));
          const key = `net.ipv${family}.neigh.default`;
          return `sudo sysctl -w ${key}.gc_thresh3=${room} ${key}.gc_thresh2=${room / 2}`;
        })
        .join(' && '),
    };
  if (families.some((family) => neighbourLimits[family] === undefined))
    return {
      name,
      status: 'unknown',
      reason: { code: 'neighbours-not-told', data },
      finding,
      hint: 'look at net.ipv4.neigh.default.gc_thresh3 outside this network namespace',
    };
  return { name, status: 'ok', finding };
}

/** What is not read in time and does not fit is dropped by the kernel, and counted in `losses`. */
export function judgeReceiveBuffer({ replyBandwidthBps }: PlannedScan, { receiveBuffer }: HostFacts): Check {
  const name = 'receive buffer';
  if (receiveBuffer === undefined)
    return {
      name,
      status: 'unknown',
      reason: { code: 'receive-buffer-not-told' },
      finding: 'no socket could be opened to look at its buffer',
    };
  const { asked, given } = receiveBuffer;
  const wanted = (replyBandwidthBps / 8) * (BUSY_MS / 1000);
  // Linux counts its own bookkeeping too, and therefore gives and shows twice what it was asked for: socket(7).
  const finding = `${countText(given)} bytes a socket; ${countText(asked)} were asked for`;
  const sysctl = `sudo sysctl -w net.core.rmem_max=${asked}`;
  if (given < wanted)
    return {
      name,
      status: 'warning',
      reason: { code: 'receive-buffer-small', data: { given, asked, wanted: Math.ceil(wanted) } },
      finding: `${finding}, and ${BUSY_MS} ms of the reply bandwidth are ${countText(Math.ceil(wanted))}`,
      hint: given < asked ? sysctl : 'ask for more: --receive-buffer',
    };
  return {
    name,
    status: 'ok',
    finding,
    ...(given < asked && { hint: `holds larger bursts after: ${sysctl}` }),
  };
}

/** A stateful firewall on this machine remembers a flow for each target and probe; full, it drops packets. */
export function judgeConntrack({ targets, probes, rate }: PlannedScan, { conntrack }: HostFacts): Check {
  const name = 'connection tracking';
  if (conntrack === undefined)
    return { name, status: 'ok', finding: 'none seen on this machine; one on the way cannot be seen' };
  const addresses = Number(sizeOf(targets));
  const flows = Math.min(addresses * probes, Math.ceil(rate * UNANSWERED_FLOW_S));
  const { count, most } = conntrack;
  const finding = `${countText(count)} flows of at most ${countText(most)}, and the scan needs ${countText(flows)} at once`;
  if (count + flows <= most) return { name, status: 'ok', finding };
  const lower = Math.floor(Math.max(0, most - count) / UNANSWERED_FLOW_S);
  return {
    name,
    status: 'warning',
    reason: { code: 'connections-many', data: { count, most, needed: flows } },
    finding,
    hint: `exempt the scan (nftables: a "notrack" rule in a raw chain), raise net.netfilter.nf_conntrack_max, or scan with --rate ${Math.max(1, lower)}`,
  };
}

function namesOf(sources: readonly SourceFact[]): string {
  const names = sources.flatMap(({ address, interface: name }) =>
    address === undefined ? [] : [name === undefined ? address : `${address} (${name})`],
  );
  return [...new Set(names)].join(', ');
}

function targetsOf(failed: readonly SourceFact[]): string {
  const [first, ...others] = failed;
  return others.length === 0
    ? (first?.target ?? '')
    : `${first?.target ?? ''} and ${others.length} more ranges`;
}
