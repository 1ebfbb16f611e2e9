import type { Probe } from '../../probes/probe.js';
import type { Address, Family } from '../domain/address.js';
import type { Key } from './keyed-permutation.js';
import type { Order } from './order.js';
import type { Tokens } from './tokens.js';
import { createTokens } from './tokens.js';

/** What a sweep needs of a socket: it sends through nothing else. */
export interface SweepSocket {
  send(payload: Uint8Array, to: Address, port: number): boolean;
  unfinished(): number;
  unfinishedBelow(count: number): Promise<void>;
}

export type OpenSweepSocket = (
  probe: number,
  onDatagram: (payload: Uint8Array, from: Address, port: number) => void,
  /** Of the addresses it is to send to, and the only one it hears from. */
  family: Family,
) => Promise<SweepSocket>;

/** What belongs to one probe: its sockets, its forms in the order's numbering, its requests' bytes. */
export interface ProbeChannel {
  /** The number of the probe in the plan. */
  readonly index: number;
  readonly probe: Probe;
  readonly port: number;
  /** From `first` to before `end`. */
  readonly forms: { readonly first: number; readonly end: number };
  /** Requests of one pass. */
  readonly ranks: number;
  /** For each family as many as keep every nonce unambiguous for the length of a cooldown. */
  readonly sockets: Partial<Record<Family, SweepSocket[]>>;
  readonly socketsOfFamily: number;
  /** Absent where the protocol echoes no nonce. */
  readonly tokens: Tokens | undefined;
  /** The bytes of a request; the same again for the same rank, so a reply can be read against them. */
  requestOf(form: number, rank: number): Uint8Array;
}

/** The channels, still without sockets: one may receive as soon as it is open. @param rate packets/s of one probe at most. */
export function createProbeChannels({
  order,
  probes,
  rate,
  cooldownMs,
  tokenKey,
}: {
  readonly order: Order;
  readonly probes: readonly { readonly probe: Probe; readonly port: number }[];
  readonly rate: number;
  readonly cooldownMs: number;
  readonly tokenKey: Key;
}): readonly ProbeChannel[] {
  let formsBefore = 0;
  return probes.map(({ probe, port }, index): ProbeChannel => {
    const first = formsBefore;
    const forms = { first, end: first + probe.sweepForms.length };
    formsBefore = forms.end;
    const bits = probe.nonce?.bits;
    const sockets = socketsOfFamily(probe, { rate, cooldownMs });
    const tokens =
      bits === undefined
        ? undefined
        : createTokens({ order, forms, bits, sockets, key: tokenKey, tweak: index });
    // Requests without a nonce are always the same bytes.
    const constant = probe.sweepForms[0].encode(0);
    return {
      index,
      probe,
      port,
      forms,
      ranks: order.addresses * probe.sweepForms.length,
      sockets: {},
      socketsOfFamily: sockets,
      tokens,
      requestOf(form, rank) {
        if (tokens === undefined) return constant;
        const encoder = probe.sweepForms[form - first];
        if (encoder === undefined) throw new RangeError(`no form ${form}`);
        return encoder.encode(tokens.nonceOf(rank));
      },
    };
  });
}

/** @throws what `openSocket` throws. */
export async function openProbeChannels(
  channels: readonly ProbeChannel[],
  families: readonly Family[],
  openSocket: OpenSweepSocket,
  receive: (channel: ProbeChannel, socket: number, payload: Uint8Array, from: Address, port: number) => void,
): Promise<void> {
  for (const channel of channels)
    for (const family of families) {
      const sockets: SweepSocket[] = (channel.sockets[family] = []);
      for (let socket = 0; socket < channel.socketsOfFamily; socket++)
        sockets.push(
          await openSocket(
            channel.index,
            (payload, from, port) => {
              receive(channel, socket, payload, from, port);
            },
            family,
          ),
        );
    }
}

/** As many sockets as keep every nonce of a probe unambiguous for the length of a cooldown. */
export function socketsOfFamily(
  { nonce }: Pick<Probe, 'nonce'>,
  { rate, cooldownMs }: { readonly rate: number; readonly cooldownMs: number },
): number {
  return nonce === undefined ? 1 : Math.max(1, Math.ceil((rate * cooldownMs) / 1000 / 2 ** nonce.bits));
}
