import * as z from 'zod';
import type { Address } from '../domain/address.js';
import { formatAddress, parseAddress } from '../domain/address.js';
import { READING, RESPONDER_ORIGIN } from '../domain/exchange-shape.js';
import type { Content } from '../domain/shape.js';
import { ADDRESS, COUNT, HEX, INSTANT, PORT } from '../domain/shape.js';
import type { Sighting } from './sightings.js';

/** A sighting as a checkpoint holds it: addresses as text, bytes as hex. One outside the scope is only a stand-in. */
export const SIGHTING_JSON = z.object({
  probed: ADDRESS,
  probe: COUNT,
  forms: z.array(COUNT),
  form: COUNT,
  request: HEX,
  reading: READING,
  first_payload_bytes: COUNT,
  /** Absent where it is the probed address. */
  responder: ADDRESS.exactOptional(),
  responder_port: PORT,
  /** Present where `responder` is a stand-in. */
  responder_origin: RESPONDER_ORIGIN.exactOptional(),
  first_seen_at: INSTANT,
  /** Absent where it is not known. */
  first_reply_ms: COUNT.exactOptional(),
  /** Equal requests that nothing tells apart, and the largest payload of the replies. */
  undivided: z.tuple([COUNT, COUNT]).exactOptional(),
  took_ms: COUNT.exactOptional(),
  /** Datagrams, payload bytes, IP packets, wire bytes, then datagrams and bytes from off-path senders. */
  sums: z.tuple([COUNT, COUNT, COUNT, COUNT, COUNT, COUNT]),
});
export type SightingJson = Content<typeof SIGHTING_JSON>;

export function encodeSighting(sighting: Sighting): SightingJson {
  const { undivided, tookMs } = sighting;
  return {
    probed: formatAddress(sighting.probed),
    probe: sighting.probe,
    forms: [...sighting.forms],
    form: sighting.form,
    request: Buffer.from(sighting.request).toString('hex'),
    reading: sighting.firstReading,
    first_payload_bytes: sighting.firstPayloadBytes,
    ...(sighting.responder !== sighting.probed && { responder: formatAddress(sighting.responder) }),
    responder_port: sighting.responderPort,
    ...(sighting.responderOrigin && { responder_origin: sighting.responderOrigin }),
    first_seen_at: sighting.firstSeenAt,
    ...(sighting.firstReplyMs !== undefined && { first_reply_ms: sighting.firstReplyMs }),
    ...(undivided && { undivided: [undivided.requests, undivided.largestPayloadBytes] }),
    ...(tookMs !== undefined && { took_ms: tookMs }),
    sums: [
      sighting.datagrams,
      sighting.payloadBytes,
      sighting.ipPackets,
      sighting.wireBytes,
      sighting.offPathDatagrams,
      sighting.offPathBytes,
    ],
  };
}

/** @throws RangeError for an address that is none: the checkpoint is damaged. */
export function decodeSighting(json: SightingJson): Sighting {
  const probed = addressOf(json.probed);
  const [datagrams, payloadBytes, ipPackets, wireBytes, offPathDatagrams, offPathBytes] = json.sums;
  const [requests, largestPayloadBytes] = json.undivided ?? [];
  return {
    probed,
    probe: json.probe,
    // Within one session a sighting is told from the one whose place it took; a session begins anew.
    generation: 0,
    forms: new Set(json.forms),
    form: json.form,
    request: new Uint8Array(Buffer.from(json.request, 'hex')),
    firstReading: json.reading,
    firstPayloadBytes: json.first_payload_bytes,
    responder: json.responder === undefined ? probed : addressOf(json.responder),
    responderPort: json.responder_port,
    ...(json.responder_origin && { responderOrigin: json.responder_origin }),
    firstSeenAt: json.first_seen_at,
    firstReplyMs: json.first_reply_ms,
    ...(requests !== undefined &&
      largestPayloadBytes !== undefined && { undivided: { requests, largestPayloadBytes } }),
    ...(json.took_ms !== undefined && { tookMs: json.took_ms }),
    datagrams,
    payloadBytes,
    ipPackets,
    wireBytes,
    offPathDatagrams,
    offPathBytes,
  };
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`no address: ${text}`);
  return address;
}
