import * as z from 'zod';
import { ANY_TEXT, COUNT } from './shape.js';

/** What a probe's reader says of one datagram, as a checkpoint holds it: a `Reading`. */
export const READING = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answer'),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  z.object({ kind: z.literal('refusal'), reason: ANY_TEXT, transient: z.literal(true).exactOptional() }),
  z.object({ kind: z.literal('unrecognised'), why: ANY_TEXT }),
]);

/** A `ResponderOrigin`. */
export const RESPONDER_ORIGIN = z.object({ asn: COUNT.exactOptional(), asName: ANY_TEXT.exactOptional() });
