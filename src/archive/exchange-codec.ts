import * as z from 'zod';
import { formatAddress, parseAddress } from '../domain/address.js';
import type { Exchange, Reply, Traffic } from '../domain/exchange.js';
import { CAVEATS, ENDS, PURPOSES, SEEN_IN } from '../domain/exchange.js';
import { READING, RESPONDER_ORIGIN } from '../domain/exchange-shape.js';
import type { Content } from '../domain/shape.js';
import { ADDRESS, ANY_TEXT, COUNT, HEX, INSTANT, PORT } from '../domain/shape.js';

/** Datagrams, payload bytes, IP packets, wire bytes. */
const TRAFFIC = z.tuple([COUNT, COUNT, COUNT, COUNT]);

/** Datagrams, payload bytes. */
const PAYLOADS = z.tuple([COUNT, COUNT]);

/** An exchange as a checkpoint holds it: addresses as text, bytes as hex, sums as a row of numbers. */
export const EXCHANGE_JSON = z.object({
  form: ANY_TEXT,
  purpose: z.enum(PURPOSES),
  seen_in: z.enum(SEEN_IN),
  request: HEX,
  requested_at: INSTANT.exactOptional(),
  end: z.enum(ENDS),
  sent: TRAFFIC,
  received: TRAFFIC,
  /** Milliseconds after the request (null where unknown), bytes of payload, reading. */
  replies: z.array(z.tuple([INSTANT.nullable(), COUNT, READING])),
  /** Address, port, and whose it is where the address is a stand-in for one outside the scope. */
  responder: z.tuple([ADDRESS, PORT, RESPONDER_ORIGIN.optional()]).exactOptional(),
  off_path: PAYLOADS,
  caveats: z.array(z.enum(CAVEATS)),
  off_path_addresses: COUNT.exactOptional(),
  asked_back: PAYLOADS.exactOptional(),
  listened_ms: COUNT.exactOptional(),
  farewell_bytes: COUNT.exactOptional(),
  send_error: ANY_TEXT.exactOptional(),
});
export type ExchangeJson = Content<typeof EXCHANGE_JSON>;

type TrafficJson = Content<typeof TRAFFIC>;

export function encodeExchange(exchange: Exchange): ExchangeJson {
  const { offPath, requestedAt, responder, sendError } = exchange;
  const { offPathAddresses, askedBack, listenedMs, farewellBytes } = exchange;
  return {
    form: exchange.form,
    purpose: exchange.purpose,
    seen_in: exchange.seenIn,
    request: Buffer.from(exchange.request).toString('hex'),
    ...(requestedAt !== undefined && { requested_at: requestedAt }),
    end: exchange.end,
    sent: encodeTraffic(exchange.sent),
    received: encodeTraffic(exchange.received),
    replies: exchange.replies.map(({ afterMs, payloadBytes, reading }) => [
      afterMs ?? null,
      payloadBytes,
      reading,
    ]),
    ...(responder && { responder: encodeResponder(responder) }),
    off_path: [offPath.datagrams, offPath.payloadBytes],
    caveats: exchange.caveats,
    ...(offPathAddresses !== undefined && { off_path_addresses: offPathAddresses }),
    ...(askedBack && { asked_back: [askedBack.datagrams, askedBack.payloadBytes] }),
    ...(listenedMs !== undefined && { listened_ms: listenedMs }),
    ...(farewellBytes !== undefined && { farewell_bytes: farewellBytes }),
    ...(sendError !== undefined && { send_error: sendError }),
  };
}

/** @throws RangeError for an address that is none: the checkpoint is damaged. */
export function decodeExchange(json: ExchangeJson): Exchange {
  const { responder, send_error: sendError, off_path_addresses: offPathAddresses } = json;
  const { asked_back: askedBack, listened_ms: listenedMs, farewell_bytes: farewellBytes } = json;
  return {
    form: json.form,
    purpose: json.purpose,
    seenIn: json.seen_in,
    request: new Uint8Array(Buffer.from(json.request, 'hex')),
    ...(json.requested_at !== undefined && { requestedAt: json.requested_at }),
    end: json.end,
    sent: decodeTraffic(json.sent),
    received: decodeTraffic(json.received),
    replies: json.replies.map(([afterMs, payloadBytes, reading]): Reply => ({
      ...(afterMs !== null && { afterMs }),
      payloadBytes,
      reading,
    })),
    ...(responder && {
      responder: {
        address: addressOf(responder[0]),
        port: responder[1],
        ...(responder[2] && { origin: responder[2] }),
      },
    }),
    offPath: { datagrams: json.off_path[0], payloadBytes: json.off_path[1] },
    caveats: json.caveats,
    ...(offPathAddresses !== undefined && { offPathAddresses }),
    ...(askedBack && { askedBack: { datagrams: askedBack[0], payloadBytes: askedBack[1] } }),
    ...(listenedMs !== undefined && { listenedMs }),
    ...(farewellBytes !== undefined && { farewellBytes }),
    ...(sendError !== undefined && { sendError }),
  };
}

function encodeResponder({
  address,
  port,
  origin,
}: NonNullable<Exchange['responder']>): NonNullable<ExchangeJson['responder']> {
  const text = formatAddress(address);
  return origin === undefined ? [text, port] : [text, port, origin];
}

function encodeTraffic({ datagrams, payloadBytes, ipPackets, wireBytes }: Traffic): TrafficJson {
  return [datagrams, payloadBytes, ipPackets, wireBytes];
}

function decodeTraffic([datagrams, payloadBytes, ipPackets, wireBytes]: TrafficJson): Traffic {
  return { datagrams, payloadBytes, ipPackets, wireBytes };
}

function addressOf(text: string): NonNullable<Exchange['responder']>['address'] {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`no address: ${text}`);
  return address;
}
