import type { Address } from '../domain/address.js';
import { familyOf } from '../domain/address.js';
import type { Order } from './order.js';
import type { ProbeChannel } from './probe-channel.js';
import type { SentRanks } from './tokens.js';

/** A datagram that a probe channel heard. */
export interface Heard {
  readonly payload: Uint8Array;
  readonly from: Address;
  readonly port: number;
  /** The number of its socket in the family. */
  readonly socket: number;
}

/** The request that a datagram answers. */
export interface Asked {
  readonly probed: Address;
  /** Its number within the probe. */
  readonly form: number;
  readonly request: Uint8Array;
  readonly position: number;
  /** The passes whose request it may answer: several where nothing tells them apart. */
  readonly passes: readonly number[];
}

/**
 * Which request a datagram answers: by its nonce where the protocol has one, else by the order's inverse. Pure.
 * A datagram from another port of the host counts where it is of the protocol (TFTP draws a port for each answer).
 * @param sent what the channel has sent by now: its ranks by pass, and which passes have asked a position.
 * @returns `ambiguous` where it could answer several requests; `unsolicited` where it answers none.
 */
export function attribute(
  order: Order,
  channel: ProbeChannel,
  { payload, from, port, socket }: Heard,
  sent: {
    readonly ranks: readonly SentRanks[];
    readonly passesAt: (position: number) => readonly number[];
  },
): Asked | 'unsolicited' | 'ambiguous' {
  const { tokens, forms } = channel;
  const nonce = tokens && channel.probe.nonce?.echoed(payload);
  if (tokens !== undefined && nonce !== undefined) {
    const match = tokens.match({ from, nonce, socket, sent: sent.ranks });
    if (match === 'ambiguous') return match;
    if (match !== undefined) {
      const { position, rank, passes } = match;
      const { address, form } = order.slotAt(position);
      // Ranks run over both families, so a socket can also be told the nonce of a request that left from the other
      // family's: no answer to that one could come here.
      if (familyOf(address) === familyOf(from)) {
        const request = channel.requestOf(form, rank);
        return { probed: address, form: form - forms.first, request, position, passes };
      }
    }
  }
  const position = order.positionOf(from, forms.first);
  if (position === undefined) return 'unsolicited';
  const passes = sent.passesAt(position);
  if (passes.length === 0) return 'unsolicited';
  const request = channel.requestOf(forms.first, 0);
  if (port !== channel.port && channel.probe.read(payload, request).kind === 'unrecognised')
    return 'unsolicited';
  return { probed: from, form: 0, request, position, passes };
}
