import { formatAddress, parseAddress } from '../domain/address.js';
import type {
  Caveat,
  Exchange,
  Purpose,
  Reading,
  Reply,
  ResponderOrigin,
  Traffic,
} from '../domain/exchange.js';

/** An exchange as a checkpoint holds it: addresses as text, bytes as hex, sums as a row of numbers. */
export interface ExchangeJson {
  readonly form: string;
  readonly purpose: Purpose;
  readonly seen_in: Exchange['seenIn'];
  readonly request: string;
  readonly requested_at?: number;
  readonly end: Exchange['end'];
  readonly sent: TrafficJson;
  readonly received: TrafficJson;
  /** Milliseconds after the request (null where unknown), bytes of payload, reading. */
  readonly replies: readonly (readonly [number | null, number, Reading])[];
  /** Address, port, and whose it is where the address is a stand-in for one outside the scope. */
  readonly responder?: readonly [string, number, ResponderOrigin?];
  /** Datagrams, payload bytes. */
  readonly off_path: readonly [number, number];
  readonly caveats: readonly Caveat[];
  readonly off_path_addresses?: number;
  readonly asked_back?: readonly [number, number];
  readonly listened_ms?: number;
  readonly farewell_bytes?: number;
  readonly send_error?: string;
}

/** Datagrams, payload bytes, IP packets, wire bytes. */
export type TrafficJson = readonly [number, number, number, number];

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
