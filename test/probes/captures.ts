import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
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

/** What the suite reads of a file: CONTRIBUTING.md says what each key means, and which more there may be. */
export const captureFile = z.object({
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
  const { protocol, metrics, variants, ...main } = readAs(captureFile, file, readText(file));
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
  const path = `expected/${protocol}.json`;
  const byFile = readAs(z.record(z.string(), z.record(z.string(), expected)), path, readText(path));
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

function readText(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

/** @throws Error that names the file and the key, where the text is not what the schema asks for. */
export function readAs<T>(schema: z.ZodType<T>, file: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`test/captures/${file}: ${String(error)}`, { cause: error });
  }
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  const wrong = error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new Error(`test/captures/${file}: ${wrong.join('; ')}`);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
