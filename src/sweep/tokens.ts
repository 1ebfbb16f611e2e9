import type { Address } from '../domain/address.js';
import type { Key } from './keyed-permutation.js';
import { keyedPermutation } from './keyed-permutation.js';
import type { Order } from './order.js';

/**
 * Which request a reply answers, for a probe whose replies carry a nonce back. A request of rank n (its place
 * among the requests of its probe) carries permutation(n mod 2^bits) and leaves from socket ⌊n / 2^bits⌋ mod
 * sockets, so as many requests as fit the nonces of all sockets are told apart. In pass k of the sweep the ranks
 * are k × (requests of a pass) + the place in the pass. The key is a secret of the run: a host that has not
 * seen a request cannot answer it.
 */
export interface Tokens {
  /** Requests of one pass: where the ranks of the next begin. */
  readonly ranks: number;
  nonceOf(rank: number): number;
  socketOf(rank: number): number;
  /**
   * The request that a reply with this nonce answers: the sender's own if there is one, else the only one that
   * was sent to any address within the cooldown, or the only one ever. `ambiguous`: it could answer several requests,
   * and which is not known. Undefined: no request carried this nonce.
   */
  match(reply: {
    readonly from: Address;
    readonly nonce: number;
    readonly socket: number;
    readonly sent: readonly SentRanks[];
  }): Matched | 'ambiguous' | undefined;
}

/** What one pass has sent: ranks from `first` to before `until`, those from `since` on within the cooldown. */
export interface SentRanks {
  readonly first: number;
  readonly since: number;
  readonly until: number;
  /** Whether a position was asked in a pass that leaves some out; absent: it leaves none out. */
  readonly asked?: ((position: number) => boolean) | undefined;
}

export interface Matched {
  readonly position: number;
  readonly rank: number;
  /** False where another address than the asked one sent it. */
  readonly own: boolean;
  /**
   * The passes whose request it may answer, by their place in `sent`: one as a rule, several where the ranks of two
   * passes lie a multiple of all nonces apart.
   */
  readonly passes: readonly number[];
}

/** @param forms the probe's forms, from `first` to before `end`, in the order's numbering. */
export function createTokens({
  order,
  forms,
  bits,
  sockets,
  key,
  tweak = 0,
}: {
  readonly order: Order;
  readonly forms: { readonly first: number; readonly end: number };
  readonly bits: number;
  readonly sockets: number;
  readonly key: Key;
  /** Parts the nonces of two probes under the one key. */
  readonly tweak?: number;
}): Tokens {
  const nonces = 2 ** bits;
  const permutation = keyedPermutation(nonces, key, tweak);
  const cycle = nonces * sockets;
  const ranks = order.addresses * (forms.end - forms.first);
  const nonceOf = (rank: number): number => permutation.at(rank % nonces);
  const socketOf = (rank: number): number => Math.floor(rank / nonces) % sockets;
  const positionOf = (rank: number): number => order.positionOfRank(rank % ranks, forms.first, forms.end);
  return {
    ranks,
    nonceOf,
    socketOf,
    match({ from, nonce, socket, sent }) {
      if (!(nonce >= 0 && nonce < nonces)) return undefined;
      for (let form = forms.first; form < forms.end; form++) {
        const position = order.positionOf(from, form);
        if (position === undefined) continue;
        const place = order.rankOf(position, forms.first, forms.end);
        const isItsRank = (rank: number): boolean => nonceOf(rank) === nonce && socketOf(rank) === socket;
        const passes = [...sent.keys()].filter((pass) => {
          const own = sent[pass];
          if (own === undefined || own.asked?.(position) === false) return false;
          return own.first + place < own.until && isItsRank(own.first + place);
        });
        const first = sent[passes[0] ?? -1]?.first;
        if (first !== undefined) return { position, rank: first + place, own: true, passes };
      }
      const place = socket * nonces + permutation.inverse(nonce);
      const recent: Matched[] = [];
      const old: Matched[] = [];
      for (const [pass, { first, since, until, asked }] of sent.entries()) {
        let rank = place + Math.floor((until - 1 - place) / cycle) * cycle;
        // Two old ones are as ambiguous as a thousand.
        for (; rank >= first && old.length < 2; rank -= cycle) {
          const position = positionOf(rank);
          if (asked?.(position) === false) continue;
          (rank >= since ? recent : old).push({ position, rank, own: false, passes: [pass] });
          // Of one pass the latest: its requests of a cooldown are told apart by the number of sockets.
          if (rank >= since) break;
        }
      }
      const candidates = recent.length > 0 ? recent : old;
      return candidates.length > 1 ? 'ambiguous' : candidates[0];
    },
  };
}
