/** A probe that is to be written. */
export interface NewProbe {
  /** `ntp-monlist`, or the protocol alone: `memcached`. */
  readonly id: string;
  readonly port: number;
  /** Whether it answers every datagram, like chargen: then one file is all of it. */
  readonly isSmallService: boolean;
}

/** What is written for it. */
export interface Skeleton {
  /** By path in the repository. */
  readonly files: ReadonlyMap<string, string>;
  /** The line of probes/index.ts. */
  readonly indexLine: string;
}

/**
 * The files of a probe before its protocol is known: they compile, and the conformance suite fails until every TODO is
 * filled.
 * @param exists whether the repository has a file of this path: what is shared by the probes of a protocol is not
 * written anew.
 */
export function skeletonOf(probe: NewProbe, exists: (path: string) => boolean): Skeleton {
  const { id } = probe;
  const [protocol = id, ...question] = id.split('-');
  const name = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const file = question.length === 0 ? protocol : question.join('-');
  const captures: readonly (readonly [string, string])[] = exists(`test/captures/expected/${protocol}.json`)
    ? []
    : [
        [`test/captures/${protocol}-SERVER.json`, captureOf(protocol, probe.port)],
        [`test/captures/expected/${protocol}.json`, expectedOf(protocol, id)],
      ];
  if (probe.isSmallService)
    return {
      files: new Map([[`probes/small-services/${id}.ts`, serviceOf(probe)], ...captures]),
      indexLine: `export { ${name} } from './small-services/${id}.js';`,
    };
  const own = (part: string): string => (exists(`probes/${protocol}/${part}.ts`) ? `${part}-${file}` : part);
  const [servers, texts] = [own('emulated-servers'), own('texts')];
  return {
    files: new Map([
      [`probes/${protocol}/${file}.ts`, probeOf(probe, { protocol, name, servers, texts })],
      [`probes/${protocol}/${texts}.ts`, textsOf()],
      [`probes/${protocol}/${servers}.ts`, serversOf(protocol)],
      ...captures,
    ]),
    indexLine: `export { ${name} } from './${protocol}/${file}.js';`,
  };
}

/** probes/index.ts with one line more, where it belongs by name. */
export function withLine(index: string, line: string): string {
  const lines = index.trimEnd().split('\n');
  const after = lines.findIndex((each) => each.startsWith('export') && each > line);
  lines.splice(after < 0 ? lines.length : after, 0, line);
  return `${lines.join('\n')}\n`;
}

const HEADER = `/**
 * TODO: what is this host asked, in one sentence? (RFC …)
 *
 *     sent      00      TODO: each field and its meaning
 *     received  00      TODO: how many bytes, from which server
 */
`;

function probeOf(
  { id, port }: NewProbe,
  { protocol, name, servers, texts }: Readonly<Record<'protocol' | 'name' | 'servers' | 'texts', string>>,
): string {
  return `${HEADER}import { answersIn } from '../../src/domain/exchange.js';
import {
  defineProbe,
  forms,
  type Exchange,
  type Field,
  type Judgement,
  type Reading,
  type RequestForm,
} from '../probe.js';
import { showHex } from '../wire/fields.js';
import { emulatedServers } from './${servers}.js';
import { texts } from './${texts}.js';

/** TODO: byte by byte, one field a line, each with its meaning and section. Where the protocol echoes a nonce: \`nonce\`. */
const question: RequestForm = { name: 'TODO', encode: () => Uint8Array.of(0x00) };

export const ${name} = defineProbe({
  id: '${id}',
  protocol: '${protocol}',
  port: ${port},
  standard: 'TODO',
  severity: 'medium',
  inDefault: 'no: specific',
  quietGapMs: 2000,
  report: 'x_${id.replaceAll('-', '_')}',
  texts,
  sweepForms: [question],
  read,
  next: forms(),
  judge,
  dissect,
  emulatedServers,
});

/** TODO: the bytes that prove the protocol. */
const ANSWER = [0x00];

/** In wire order, through the bounds-checked reader of ../wire/reader.ts where there is more than a head. */
function read(payload: Uint8Array): Reading {
  return ANSWER.every((byte, i) => payload[i] === byte)
    ? { kind: 'answer', facts: { bytes: payload.length } }
    : { kind: 'unrecognised', why: 'TODO' };
}

function judge(done: readonly Exchange[]): Judgement {
  const [answer] = done.filter(({ purpose }) => purpose === 'measure').flatMap(answersIn);
  if (!answer) return { kind: 'nothing' };
  return { kind: 'exposure', tags: ['${protocol}'], facts: answer };
}

/** TODO: field by field, as the standard calls them. */
function dissect(payload: Uint8Array): readonly Field[] {
  return payload.length === 0
    ? []
    : [{ at: 0, bytes: payload.length, name: 'TODO', value: showHex(payload) }];
}
`;
}

function textsOf(): string {
  return `import type { ProbeTexts } from '../probe.js';

export const texts: ProbeTexts = {
  title: { en: 'TODO', ja: 'TODO' },
  risk: { en: 'TODO', ja: 'TODO' },
  // A line for each software or step.
  remedy: { en: 'TODO', ja: 'TODO' },
  check: {
    en: 'TODO\\n    echo | nc -u -w 3 ADDRESS PORT',
    ja: 'TODO\\n    echo | nc -u -w 3 ADDRESS PORT',
  },
};
`;
}

function serversOf(protocol: string): string {
  return `import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: '${protocol}-SERVER',
    about: 'TODO',
    reply: () => [Uint8Array.of(0x00)],
  },
  {
    name: '${protocol}-off',
    about: 'a host with the service switched off behind a filter: silence',
    reply: () => [],
  },
];
`;
}

function serviceOf({ id, port }: NewProbe): string {
  return `${HEADER}import { showText } from '../wire/fields.js';
import { defineLoopService } from './loop-service.js';
import { ascii, textOf } from './text.js';

export const ${id} = defineLoopService({
  id: '${id}',
  port: ${port},
  standard: 'TODO',
  report: 'x_${id}',
  read: (payload) => (textOf(payload, 512) === 'TODO' ? { bytes: payload.length } : undefined),
  otherwise: 'TODO',
  detail: ({ bytes = 0 }) => ({ en: \`\${bytes} bytes\`, ja: \`\${bytes}バイト\` }),
  dissect: (payload) => [{ at: 0, bytes: payload.length, name: 'TODO', value: showText(payload) }],
  texts: {
    title: { en: 'TODO', ja: 'TODO' },
    harm: { en: 'TODO', ja: 'TODO' },
    seen: { en: 'TODO', ja: 'TODO' },
    isInWindows: false,
  },
  emulatedServers: [{ name: '${id}-SERVER', about: 'TODO', reply: () => [ascii('TODO')] }],
});
`;
}

/** One exchange of nothing: every key that the suite reads, and where it was measured. */
function captureOf(protocol: string, port: number): string {
  const capture = {
    server: 'SERVER',
    version: 'TODO: package and version',
    protocol,
    command: 'TODO',
    config: 'TODO',
    request_hex: '00',
    responses_hex: ['00'],
    metrics: {
      request_bytes: 1,
      response_datagrams: 1,
      response_bytes: 1,
      sizes: [1],
      ip_frames: 1,
      wire_request: 64,
      wire_response: 64,
      sources: [`192.0.2.1:${port}`],
    },
    variants: [],
    measured_on: 'TODO',
    date: 'TODO',
  };
  return `${JSON.stringify(capture, undefined, 1)}\n`;
}

function expectedOf(protocol: string, id: string): string {
  const expected = { probe: id, kind: 'exposure', tags: ['TODO'], emulated: `${protocol}-SERVER` };
  return `${JSON.stringify({ [`${protocol}-SERVER.json`]: { main: expected } }, undefined, 2)}\n`;
}
