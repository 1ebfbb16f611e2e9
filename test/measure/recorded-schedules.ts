/**
 * When the datagrams of real servers came within 120 s after one request (`schedules-120s.json`: tftpd-hpa, atftpd,
 * dnsmasq, xl2tpd, OpenVPN, libcoap, strongSwan, libreswan, gerbera and others of Debian 12).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Probe } from '../../probes/probe.js';
import { probeDouble } from '../probe-double.js';
import { repositoryRoot } from '../repository.js';

export interface Schedule {
  readonly protocol: string;
  readonly label: string;
  readonly request_bytes: number;
  readonly times_s: readonly number[];
  readonly sizes: readonly number[];
  readonly baf: number;
}

export const SCHEDULES = JSON.parse(
  readFileSync(join(repositoryRoot, 'test', 'measure', 'schedules-120s.json'), 'utf8'),
) as readonly Schedule[];
/** A little more than the first interval of the protocol's servers, as its probe would say it. */
const QUIET_GAPS_MS: Readonly<Record<string, number>> = {
  tftp: 6000,
  coap: 6000,
  ike: 6000,
  openvpn: 6000,
  quic: 10_000,
};

/** A double of the probe that asks such a server. */
export function probeFor({ protocol }: Schedule): Probe {
  const double = probeDouble({ id: 'double-plain', hasNonce: false, forms: 1 });
  return { ...double, quietGapMs: QUIET_GAPS_MS[protocol] ?? double.quietGapMs };
}

/** A datagram of any bytes, for each serial number another one. */
export function datagramOf(bytes: number, serial = 0): Uint8Array {
  const payload = Buffer.alloc(bytes, 0x41);
  if (bytes > 8) payload.writeDoubleBE(serial, 1);
  return payload;
}
