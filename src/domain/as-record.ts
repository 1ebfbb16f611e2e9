import * as z from 'zod';
import { FINDING_RECORD } from './finding-record.js';
import { RUN_RECORD } from './run-record.js';
import type { Content } from './shape.js';
import { COUNT, TEXT } from './shape.js';

const {
  scan_id,
  ampscope_version,
  started,
  ended,
  complete,
  incomplete_reason,
  authorisation: { shape: scope },
  probes: { element: probe },
} = RUN_RECORD.shape;

/** The JSON file of an AS: which run it was, and its findings with all their exchanges. */
export const AS_RECORD = z
  .object({
    /** What the reader of one AS's findings needs to know of the run. The whole is in run.json. */
    run: z.object({
      scan_id,
      ampscope_version,
      started,
      ended,
      complete,
      incomplete_reason,
      organisation: scope.organisation,
      contact: scope.contact,
      probes: z.array(probe.pick({ id: true, port: true })),
      /** True where silence may mean unknown. */
      losses: z.boolean(),
    }),
    /** Absent for the hosts whose AS is unknown. */
    asn: COUNT.exactOptional(),
    as_name: TEXT.exactOptional(),
    findings: z.array(FINDING_RECORD),
  })
  .meta({ title: 'The JSON file of an AS' });
export type AsRecord = Content<typeof AS_RECORD>;
