import * as z from 'zod';
import { checkOf } from '../../archive/read-shape.js';
import { RUN_RECORD } from '../../domain/run-record.js';
import { COUNT, FIGURE, INSTANT, PORT, TEXT } from '../../domain/shape.js';
import type { Counters } from '../../engine/counters.js';
import type { ScanStart } from '../../engine/scan-plan.js';
import { SIGHTING_JSON } from '../../sweep/sighting-codec.js';

/* What the engine keeps in state.json of a checkpoint. Its own types decide: a shape that is another does not compile. */

const SPAN = z.object({ from: COUNT, to: COUNT });
const { kind } = RUN_RECORD.shape.losses.shape.events.unwrap().element.shape;

/** As zod has it. */
type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

type Place = Mutable<Pick<ScanStart, 'parts' | 'late' | 'debtMs'>>;

const SWEEP: z.ZodType<Place, Place> = z.object({
  parts: z.array(
    z.object({
      position: COUNT,
      retried: z.array(COUNT).exactOptional(),
      suspects: z.array(z.array(SPAN)).exactOptional(),
    }),
  ),
  late: z.array(z.object({ from: INSTANT, to: INSTANT.exactOptional() })),
  debtMs: FIGURE,
});

const COUNTERS: z.ZodType<Mutable<Counters>, Mutable<Counters>> = z.object({
  sweep: z.object({
    receivedDatagrams: COUNT,
    receivedBytes: COUNT,
    unsolicitedDatagrams: COUNT,
    ambiguousDatagrams: COUNT,
    unrecognisedDatagrams: COUNT,
    sent: z.array(COUNT),
    sentBytes: z.array(COUNT),
    sentInPass: z.array(COUNT),
    guarded: COUNT,
  }),
  sent: z.array(z.object({ sent: COUNT, sentBytes: COUNT })),
  sockets: z.array(
    z.object({
      probe: TEXT,
      socket: z.object({
        localAddress: TEXT,
        localPort: PORT,
        receiveBufferBytes: COUNT,
        drops: COUNT.optional(),
      }),
    }),
  ),
  sendErrors: RUN_RECORD.shape.losses.shape.send_errors,
  lossEvents: z.array(
    z.object({
      kind,
      code: TEXT.exactOptional(),
      probe: TEXT.exactOptional(),
      count: COUNT,
      first: INSTANT,
      last: INSTANT,
      positions: SPAN.exactOptional(),
    }),
  ),
  sendBufferDrops: COUNT.exactOptional(),
  measurementLosses: COUNT,
  measurementSocketDrops: COUNT,
  measurementDatagrams: COUNT,
  measurementBytes: COUNT,
});

/** Holds state.json against it; what the archive knows of the file is not looked at again. */
export const checkStoredSweep = checkOf(
  z.object({ sweep: SWEEP, sightings: z.array(SIGHTING_JSON), counters: COUNTERS }),
);
