import type { Address } from '../domain/address.js';
import type { Exchange, Reading, ResponderOrigin, Traffic } from '../domain/exchange.js';
import { addTraffic } from '../domain/exchange.js';
import { areSame } from '../domain/stand-in.js';
import type { Instant } from '../domain/time.js';

/**
 * What the sweep noted of one (probed address, probe). It exists only where something came back, so memory
 * grows with responders; it keeps sums and the first reading, never the datagrams.
 */
export interface Sighting {
  readonly probed: Address;
  readonly probe: number;
  /** The sweep forms that were answered, by their number within the probe. */
  readonly forms: Set<number>;
  /** The form of the first reply, whose figures stand below. */
  readonly form: number;
  readonly request: Uint8Array;
  /** The first reply's. */
  readonly firstReading: Reading;
  readonly firstPayloadBytes: number;
  readonly responder: Address;
  readonly responderPort: number;
  /** Where the responder is a stand-in for an address outside the scope (stand-in.ts). */
  readonly responderOrigin?: ResponderOrigin;
  readonly firstSeenAt: Instant;
  /** Whether it came after the cooldown. */
  readonly late: boolean;
  /** Replies of the responder to the form above. */
  datagrams: number;
  payloadBytes: number;
  ipPackets: number;
  wireBytes: number;
  /** Datagrams for the same request from yet other addresses. */
  strangerDatagrams: number;
  strangerBytes: number;
}

export interface Ledger {
  readonly size: number;
  get(probe: number, probed: Address): Sighting | undefined;
  /** Notes a sighting, in the place of an earlier one of the same address and probe. */
  put(sighting: Sighting): void;
  /** Counts one more reply in; to a form that was not answered before, the sighting is brought as a new one again. */
  add(
    sighting: Sighting,
    reply: { readonly form: number; readonly from: Address; readonly traffic: Traffic },
  ): void;
  /** Takes over a sighting as another thread's ledger has it now. */
  merge(sighting: Sighting): void;
  /** The sightings that are new since the last call, those of one address together, in the order of their first sighting. */
  takeNew(): readonly (readonly Sighting[])[];
  /** Whether `takeNew` would bring anything. */
  hasNew(): boolean;
  all(): Iterable<Sighting>;
}

/**
 * @param sightings of an earlier part of the same run; `takeNew` brings them too.
 * @param onChange hears of each sighting that is put or added to from now on.
 */
export function createLedger(
  probes: number,
  sightings: Iterable<Sighting> = [],
  onChange: (sighting: Sighting) => void = () => undefined,
): Ledger {
  const byProbe = Array.from({ length: probes }, () => new Map<Address, Sighting>());
  let fresh = new Map<Address, Sighting[]>();
  const ledger: Ledger = {
    get size() {
      return byProbe.reduce((sum, map) => sum + map.size, 0);
    },
    get: (probe, probed) => byProbe[probe]?.get(probed),
    put(sighting) {
      byProbe[sighting.probe]?.set(sighting.probed, sighting);
      renew(sighting);
      onChange(sighting);
    },
    add(sighting, { form, from, traffic }) {
      if (!sighting.forms.has(form)) {
        sighting.forms.add(form);
        renew(sighting);
      }
      if (!areSame(from, sighting.responder, sighting.probed)) {
        sighting.strangerDatagrams++;
        sighting.strangerBytes += traffic.payloadBytes;
      } else if (form === sighting.form) Object.assign(sighting, addTraffic(sighting, traffic));
      onChange(sighting);
    },
    merge(sighting) {
      const known = ledger.get(sighting.probe, sighting.probed);
      const isSame =
        known?.firstSeenAt === sighting.firstSeenAt &&
        known.form === sighting.form &&
        known.responder === sighting.responder &&
        known.firstReading.kind === sighting.firstReading.kind;
      if (!isSame) {
        ledger.put(sighting);
        return;
      }
      const { datagrams, payloadBytes, ipPackets, wireBytes, strangerDatagrams, strangerBytes } = sighting;
      Object.assign(known, {
        datagrams,
        payloadBytes,
        ipPackets,
        wireBytes,
        strangerDatagrams,
        strangerBytes,
      });
      if (sighting.forms.size === known.forms.size) return;
      for (const form of sighting.forms) known.forms.add(form);
      renew(known);
    },
    takeNew() {
      const taken = [...fresh.values()];
      fresh = new Map();
      return taken;
    },
    hasNew: () => fresh.size > 0,
    *all() {
      for (const map of byProbe) yield* map.values();
    },
  };
  const renew = (sighting: Sighting): void => {
    const others = (fresh.get(sighting.probed) ?? []).filter((other) => other.probe !== sighting.probe);
    fresh.set(sighting.probed, [...others, sighting]);
  };
  for (const sighting of sightings) {
    byProbe[sighting.probe]?.set(sighting.probed, sighting);
    renew(sighting);
  }
  return ledger;
}

/** A sighting in the shape of an exchange: its replies are the first only, its sums are whole. */
export function exchangeOfSighting(
  sighting: Sighting,
  {
    formName,
    sent,
    lostReplies = false,
  }: { readonly formName: string; readonly sent: Traffic; readonly lostReplies?: boolean },
): Exchange {
  const { datagrams, payloadBytes, ipPackets, wireBytes, responderOrigin: origin } = sighting;
  const caveats: Exchange['caveats'] = [
    ...(sighting.responder === sighting.probed ? [] : (['off-address'] as const)),
    ...(sighting.late ? (['late'] as const) : []),
    ...(lostReplies ? (['lossy'] as const) : []),
  ];
  return {
    form: formName,
    purpose: 'measure',
    seenIn: 'sweep',
    request: sighting.request,
    requestedAt: sighting.firstSeenAt,
    end: 'quiet',
    sent,
    received: { datagrams, payloadBytes, ipPackets, wireBytes },
    replies: [{ payloadBytes: sighting.firstPayloadBytes, reading: sighting.firstReading }],
    responder: { address: sighting.responder, port: sighting.responderPort, ...(origin && { origin }) },
    strangers: {
      datagrams: sighting.strangerDatagrams,
      payloadBytes: sighting.strangerBytes,
      ipPackets: 0,
      wireBytes: 0,
    },
    caveats,
  };
}
