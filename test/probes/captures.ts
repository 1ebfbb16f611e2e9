import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '../repository.js';

/** One request to a real server, and what came back, as test/captures holds it. */
export interface Capture {
  readonly file: string;
  readonly protocol: string;
  /** `main`, or the label of the variant. */
  readonly label: string;
  readonly request: Uint8Array;
  /** All datagrams, or the first and last of them where the file was trimmed. */
  readonly responses: readonly Uint8Array[];
  /** UDP payload bytes of every datagram, trimmed ones too. */
  readonly sizes: readonly number[];
  readonly figures: z.output<typeof figures>;
  readonly family: 4 | 6;
}

/** What must come of a capture. */
export type Expected = z.output<typeof expected>;

const figures = z.object({
  request_bytes: z.int(),
  response_datagrams: z.int(),
  response_bytes: z.int(),
  sizes: z.array(z.int()),
  ip_frames: z.int().optional(),
  wire_request: z.int(),
  wire_response: z.int(),
  /** False where the frames of others were counted along. Absent where the figure was computed. */
  wire_measured: z.boolean().optional(),
  sources: z.array(z.string()).optional(),
});

const hexes = { request_hex: z.hex(), responses_hex: z.array(z.hex()) };

const captureFile = z.object({
  protocol: z.string(),
  ...hexes,
  metrics: figures,
  variants: z.array(figures.extend({ ...hexes, label: z.string() })),
});

const expected = z.strictObject({
  probe: z.string(),
  kind: z.enum(['exposure', 'refusal', 'nothing']),
  tags: z.array(z.string()).optional(),
  reason: z.string().optional(),
  /** A part of the judgement's facts. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** The probe's settings for this judgement, as scope.yaml would hold them; its defaults where absent. */
  settings: z.unknown().optional(),
  /** The emulated server that answers this request with as many datagrams of the same sizes. */
  emulated: z.string().optional(),
});

const folder = join(repositoryRoot, 'test', 'captures');

/** Every captured request of every server, whatever its protocol. */
export const captures: readonly Capture[] = jsonFiles(folder).flatMap((file) => {
  const { protocol, metrics, variants, ...main } = captureFile.parse(readJson(join(folder, file)));
  return [{ ...metrics, ...main, label: 'main' }, ...variants].map((variant) => ({
    file,
    protocol,
    label: variant.label,
    request: bytesOf(variant.request_hex),
    responses: variant.responses_hex.map(bytesOf),
    sizes: variant.sizes,
    figures: variant,
    family: variant.sources?.some((source) => source.split(':').length > 2) ? 6 : 4,
  }));
});

/** The captures of a protocol that say what must come of them: test/captures/expected/<protocol>.json. */
export function expectationsOf(protocol: string): readonly (Expected & { readonly capture: Capture })[] {
  const byFile = z
    .record(z.string(), z.record(z.string(), expected))
    .parse(readJson(join(folder, 'expected', `${protocol}.json`)));
  return Object.entries(byFile).flatMap(([file, byLabel]) =>
    Object.entries(byLabel).map(([label, expectation]) => {
      const capture = captures.find((each) => each.file === file && each.label === label);
      if (!capture) throw new Error(`expected/${protocol}.json names what is no capture: ${file}, ${label}`);
      return { ...expectation, capture };
    }),
  );
}

function jsonFiles(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
