import type { Probe, EmulatedServer } from '../../probes/probe.js';
import {
  addTraffic,
  NO_TRAFFIC,
  trafficOf,
  type Exchange,
  type Purpose,
  type Reading,
  type Traffic,
} from '../../src/domain/exchange.js';
import type { Capture } from './captures.js';

/** What the measuring room would have made of a capture. */
export function exchangeOf(capture: Capture, probe: Probe): Exchange {
  const { request, responses, sizes, family } = capture;
  return exchangeWith({
    form: `captured: ${capture.label}`,
    request,
    family,
    sizes,
    replies: responses.map((payload) => ({
      payloadBytes: payload.length,
      reading: probe.read(payload, request),
    })),
  });
}

/** An exchange of which only what a test is about needs to be said. */
export function exchangeWith(given: {
  readonly form: string;
  readonly request: Uint8Array;
  readonly replies: readonly { readonly payloadBytes: number; readonly reading: Reading }[];
  readonly purpose?: Purpose;
  readonly family?: 4 | 6;
  /** Where more was received than is in `replies`. */
  readonly sizes?: readonly number[];
  readonly seenIn?: Exchange['seenIn'];
  readonly end?: Exchange['end'];
}): Exchange {
  const { form, request, replies, purpose = 'measure', family = 4, seenIn = 'measurement' } = given;
  const sizes = given.sizes ?? replies.map(({ payloadBytes }) => payloadBytes);
  return {
    form,
    purpose,
    seenIn,
    request,
    requestedAt: 0,
    end: given.end ?? (sizes.length > 0 ? 'quiet' : 'silent'),
    sent: trafficOf(request.length, family),
    received: sumOf(sizes, family),
    replies: replies.map((reply, i) => ({ ...reply, afterMs: 1 + i })),
    offPath: NO_TRAFFIC,
    caveats: [],
  };
}

/** The exchange that a server like this one gives to this request. */
export function exchangeFrom(
  server: Pick<EmulatedServer, 'reply'>,
  form: string,
  request: Uint8Array,
  probe: Probe,
): Exchange {
  const replies = server.reply(request).map((payload) => ({
    payloadBytes: payload.length,
    reading: probe.read(payload, request),
  }));
  return exchangeWith({ form, request, replies });
}

function sumOf(sizes: readonly number[], family: 4 | 6): Traffic {
  return sizes.map((bytes) => trafficOf(bytes, family)).reduce(addTraffic, NO_TRAFFIC);
}
