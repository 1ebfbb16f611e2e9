/**
 * The probe interface and its laws. Adding a protocol is one folder beside this file and one line in index.ts;
 * CLI choices, help, ports, reports, remedies and the conformance tests all derive from the values declared here.
 *
 * The laws, tested for every probe over every capture (test/probes/conformance.test.ts):
 *  1. `encode` is deterministic, of one length for every nonce, and read-only by protocol;
 *  2. `echoedNonce` of a captured response is the captured request's nonce;
 *  3. every truncation, bit flip and random buffer gives a Reading: nothing throws;
 *  4. of the probes that ask one port each leaves unrecognised what the others report, and no reader takes text that is
 *     not of its protocol, or bytes at random, for an answer: one that cannot help it says `strength: 'weak'`;
 *  5. each capture gives its expected judgement, and its byte sums equal the capture's metrics;
 *  6. texts exist in every language;
 *  7. `next` ends;
 *  8. the fields of any payload stand in wire order, do not overlap and cover it;
 *  9. nothing takes long: whatever a host sends, each of `read`, `echoed`, `judge`, `next` and `dissect` takes at
 *     most 50 times what hashing (SHA-256) that payload and 8 KiB takes: test/fuzz/cost.ts has the reason. On a
 *     machine of 2026 that is 2 ms for the longest datagram there is, 65,507 bytes.
 */
import type * as z from 'zod';
import type { Exchange, Purpose, Reading } from '../src/domain/exchange.js';
import type { FindingRecord } from '../src/domain/finding-record.js';
import type { Judgement, Severity } from '../src/domain/finding.js';

export type { Exchange, Facts, Purpose, Reading } from '../src/domain/exchange.js';
export type { Judgement, Severity } from '../src/domain/finding.js';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];
/** The same sentence in every language that an end customer may read. */
export type Texts = Readonly<Record<Language, string>>;

export type NonEmpty<T> = readonly [T, ...T[]];

/** The number a response carries back: an unsigned integer of at most 30 bits. */
export type Nonce = number;

/** One way to put the question. */
export interface RequestForm {
  /** Short and stable, it stands in the reports: `any-edns4096-do example.net`. */
  readonly name: string;
  /** The UDP payload. The same nonce gives the same bytes; every nonce gives the same length. */
  encode(nonce: Nonce): Uint8Array;
}

/** The factor in the literature, and where it stands. */
export interface Published {
  /** BAF as published: `556.9`, `28-54`; `-` where none is known. */
  readonly factor: string;
  /** Its name: `US-CERT TA14-017A`. */
  readonly source: string;
  /** What else is to be known of it. */
  readonly note?: Texts;
}

/** `28-54 (US-CERT TA14-017A, for ANY)`; without a factor the note alone. */
export function publishedText({ factor, source, note }: Published): Texts {
  if (factor === '-') return note ?? { en: source, ja: source };
  return {
    en: `${factor} (${source}${note === undefined ? '' : `; ${note.en}`})`,
    ja: `${factor}（${source}${note === undefined ? '' : `、${note.ja}`}）`,
  };
}

/** What to ask next. */
export interface Ask {
  readonly form: RequestForm;
  readonly purpose: Purpose;
  /** The port of the same host that an answer has named, in place of the one that was swept: see `portFrom`. */
  readonly port?: number;
  /** No sooner after the request before than this; absent, and at least: the gap between two forms. */
  readonly afterMs?: number;
  /**
   * The same request so many times, spread evenly over `withinMs`, each an exchange of its own with a nonce of
   * its own: only for a `rate-check`, which is exempt from the gap and from per_host (not from the pacer, the cap
   * of the subnet and the reply budget, which may take longer), and only where the user chose an option.
   */
  readonly burst?: { readonly repeat: number; readonly withinMs: number };
}

/** One field of a datagram, for a person who reads along in the hex. */
export interface Field {
  /** Where it begins in the payload, and how long it is; fields stand in wire order and never overlap. */
  readonly at: number;
  readonly bytes: number;
  /** As the standard calls it. */
  readonly name: string;
  readonly value: string;
  /**
   * A third party's address: neither the value nor its bytes are ever shown. `bytes`: the value is masked
   * already, and only its bytes remain to be hidden.
   */
  readonly masked?: true | 'bytes';
}

/** A question that is only asked where the user wants it: a flag of the command line. */
export interface ProbeOption {
  /** `rrl-check` for `--rrl-check`. */
  readonly flag: string;
  /** For the help: one line. */
  readonly describe: Texts;
}

/** Why a scan asks a probe where the user names none, or leaves it to be named. */
export const DEFAULT_REASONS = {
  'yes: reported': {
    en: 'Shadowserver reports it with a factor, and networks of every kind have it',
    ja: 'Shadowserverが増幅率とともに報告していて、どのような網でも見つかる',
  },
  'yes: attacked': {
    en: 'attackers ask this: it brings the largest answer of a DNS server',
    ja: '攻撃に使われる要求で、DNSサーバーの最も大きな応答を引き出す',
  },
  'no: game': {
    en: 'game servers stand in few networks, and `games` asks them all',
    ja: 'ゲームサーバーのある網は限られ、`games` ですべてに要求を送れる',
  },
  'no: like-chargen': {
    en: 'what offers it usually offers chargen too, which is asked',
    ja: 'これを提供するホストの多くはchargenも提供していて、そちらに要求を送る',
  },
  'no: like-getbulk': {
    en: 'what answers it usually answers snmp-getbulk too, which is asked and amplifies more',
    ja: 'これに応答する機器の多くは、より増幅率の高いsnmp-getbulkにも応答し、そちらに要求を送る',
  },
  'no: small': {
    en: 'on the wire its answer is hardly larger than the request',
    ja: '回線上の応答が、要求と比べてほとんど大きくならない',
  },
  'no: specific': {
    en: 'it is found in networks of a certain kind: name it where yours may have it',
    ja: '見つかる網が限られる。対象の網にありうる場合に指定する',
  },
  'no: own-link': {
    en: 'its servers answer their own link alone, so across a router few are found',
    ja: '標準では同じリンクにだけ応答するため、ルーター越しに見つかることは少ない',
  },
  'no: state': {
    en: 'the server keeps a session that was begun for some seconds after the question',
    ja: '要求の後しばらく、サーバーが開始途中のセッションを保持する',
  },
  'no: others-send': {
    en: 'its protocol makes other hosts send to the asker too',
    ja: 'プロトコルの性質上、ほかのホストも要求元へパケットを送ってくる',
  },
  'no: unmeasured': {
    en: 'no real server could be had to measure it on',
    ja: '実サーバーで測定できていない',
  },
} as const satisfies Record<`yes: ${string}` | `no: ${string}`, Texts>;
export type DefaultReason = keyof typeof DEFAULT_REASONS;

/** Whether a scan asks it where the user names no probe: the group `default`. */
export function isInDefault({ inDefault }: Pick<ProbeIdentity, 'inDefault'>): boolean {
  return inDefault.startsWith('yes');
}

/** What a list, a page or a report says beside a probe that no real server could be had for. */
export const NOT_MEASURED: Texts = {
  en: 'not measured on a real server',
  ja: '実サーバーでは未測定',
};

/** What is known of a probe before any setting: what CLI, help and reports need. */
export interface ProbeIdentity<Id extends string = string> {
  /** The protocol, a hyphen, then the question: `ntp-monlist`. */
  readonly id: Id;
  /** The protocol's short name, as in the column `protocol`: `ntp`. */
  readonly protocol: string;
  readonly port: number;
  /**
   * The source of its port, where its service lies at another one on every host: the id of the probe of the directory
   * that knows it (`portmap`). `port` is then that of the directory, which the sweep forms ask; their answers only
   * prepare the question proper, which goes where they say (`Ask.port`), and are part of no factor.
   */
  readonly portFrom?: string;
  /** Where the wire format is written down: `RFC 3416 §4.2.3`. */
  readonly standard: string;
  /** Absent where none was published. */
  readonly published?: Published;
  /** What the published list of report types gives this one; medium where it has none. The floor of what amplifies. */
  readonly severity: Severity;
  /** Whether a scan asks it where the user names no probe, and why. */
  readonly inDefault: DefaultReason;
  /** What its captures and its servers of the lab are made of. Absent: real servers, which docs/servers.md names. */
  readonly measuredOn?: 'published figures';
  /** What `--probe` takes for it and its like, beside the groups that follow from the rest. Absent: none. */
  readonly group?: 'games' | 'industrial';
  /**
   * `weak`: nothing in an answer proves its protocol (prose, a line with a date, a number of 4 bytes), so another one's
   * may pass for it. At an address and port where the reader of another probe knows the answer, this one's finding is
   * left out. Absent: the reader knows its protocol by the bytes.
   */
  readonly strength?: 'weak';
  /**
   * Milliseconds of silence after which no more datagrams are expected, as long as no two have come: 2000 unless the
   * protocol is known to send again, then a little more than its first interval. From then on the gap is 2.5 times
   * the longest interval that was seen, where that is longer.
   */
  readonly quietGapMs: number;
  /** How long its servers go on after one request, where that is known. Absent: 90 s end an exchange. */
  readonly longestExchangeMs?: number;
  /** The published report type that means the same, or our own: `scan_ntpmonitor`, `x_dns_any`. */
  readonly report: string;
  /** What an end customer reads of the usual finding. */
  readonly texts: ProbeTexts;
  /**
   * What is said otherwise of this finding, so that a letter claims what was measured and nothing else, and its check
   * asks the question that was answered. Absent: the usual texts fit every finding. `exchanges` may be empty.
   */
  readonly textsFor?: (finding: FindingRecord) => Partial<ProbeTexts>;
}

/** What an end customer reads of a finding. */
export interface ProbeTexts {
  readonly title: Texts;
  readonly risk: Texts;
  /** A line for each software or step; `PORT` for the port that is exposed. */
  readonly remedy: Texts;
  /**
   * How to see for oneself: what each outcome means, then a command in a line of its own after four spaces, `ADDRESS`
   * for the host and `PORT` for its port.
   */
  readonly check: Texts;
  /** What else was found, in one line. Absent: the English `detail` of the row; in Japanese nothing of a probe's own. */
  readonly detail?: Texts;
}

/** The question whose answer a row shows; undefined for a row that this run did not see. */
export function reportedForm({ exchanges }: FindingRecord): string | undefined {
  return exchanges.find(({ reported }) => reported === true)?.form;
}

/** Parts of a detail as one. */
export function joined(parts: readonly Texts[]): Texts {
  return { en: parts.map(({ en }) => en).join('; '), ja: parts.map(({ ja }) => ja).join('、') };
}

/** Whether the host amplifies by the rule of the severity: twice what it got, on the wire. */
export function isAmplifier({ wire_amplification: factor = 0 }: FindingRecord): boolean {
  return factor >= 2;
}

/** One question asked of one UDP port. A probe is pure: it sees bytes, never sockets, clocks or addresses. */
export interface Probe<Id extends string = string> extends ProbeIdentity<Id> {
  /**
   * What every target is sent: one form as a rule, one per community for SNMP. A probe without a nonce has
   * exactly one, for nothing in a reply could tell two apart.
   */
  readonly sweepForms: NonEmpty<RequestForm>;
  /**
   * How many bits of nonce a response carries back, and how to read them. Absent where the protocol echoes
   * nothing (chargen, NTP mode 7).
   */
  readonly nonce?: {
    readonly bits: number;
    /** Undefined when the payload is no response of this protocol. */
    echoed(payload: Uint8Array): Nonce | undefined;
  };
  /**
   * Whether a datagram is a question of the other side, to be counted apart: no answer (a BitTorrent node asks back).
   * Absent: its hosts ask nothing back. Total like `read`.
   */
  asksBack?(payload: Uint8Array): boolean;
  /**
   * The datagram that ends what the request began (TFTP ERROR, CoAP RST, L2TP StopCCN): sent once to the host that
   * answered, to the port that it answered from, when the exchange is over; counted, and never part of a factor.
   * @param answer a datagram that came back: the first one of which a farewell can be made counts.
   * @returns undefined where nothing needs to be ended. Absent: the protocol has no such word.
   */
  farewell?(answer: Uint8Array, request: Uint8Array): Uint8Array | undefined;
  /** What one datagram says in answer to this request. Total: any bytes give a Reading, none throw. */
  read(payload: Uint8Array, request: Uint8Array): Reading;
  /**
   * What to ask this responder next, given all that was asked. `done` begins with the sweep forms it was
   * sighted with, each asked again alone. Undefined = enough; after 40 questions, a burst being one, no more are sent.
   */
  next(done: readonly Exchange[]): Ask | undefined;
  /** What it all says together. */
  judge(done: readonly Exchange[]): Judgement;
  /** A request or a reply of this protocol, field by field. Total: what it cannot read is one field to the end. */
  dissect(payload: Uint8Array): readonly Field[];
}

/**
 * A server of the lab: what one kind of real server, or of hostile one, answers to this probe's requests.
 * Pure like the probe; the lab gives it a loopback address.
 */
export interface EmulatedServer {
  /** `ntpd-4.2.6-600-clients`. */
  readonly name: string;
  /** What it stands for, and what it was measured on. */
  readonly about: string;
  /** Where it listens beside the probe's port: the port that its answers name (`portFrom`). */
  readonly alsoAt?: number;
  /** Whether it answers from a port drawn for each request, as TFTP servers do. */
  readonly fromAnotherPort?: true;
  /**
   * The datagrams that one request brings, in order; none where the server stays silent.
   * @param at where it listens in place of `alsoAt`. Absent: there.
   */
  reply(request: Uint8Array, at?: number): readonly Uint8Array[];
}

/**
 * An entry of the probe list. Where the forms depend on the scope (DNS names, SNMP communities), `settings`
 * says under which key of scope.yaml and in which shape, and `build` makes the probe of them.
 */
export interface ProbeDefinition<Id extends string = string> extends ProbeIdentity<Id> {
  readonly settings?: { readonly key: string; readonly schema: z.ZodType };
  /** Absent: nothing can be chosen. */
  readonly options?: readonly ProbeOption[];
  /**
   * @param settings what `settings.schema` made of the scope's key (of `undefined` where the key is absent).
   * @param chosen the flags of its options that the user gave.
   */
  build(settings: unknown, chosen?: ReadonlySet<string>): Probe<Id>;
  /** What the lab shows of this protocol; at least one that answers and one that refuses or stays silent. */
  readonly emulatedServers: readonly EmulatedServer[];
}

type ConstantProbe<Id extends string> = Probe<Id> & { readonly emulatedServers: readonly EmulatedServer[] };

interface ConfigurableProbe<Id extends string, Schema extends z.ZodType> extends ProbeIdentity<Id> {
  readonly settings: { readonly key: string; readonly schema: Schema };
  readonly options?: readonly ProbeOption[];
  /** The part of the probe that depends on the settings and on the options that the user chose. */
  readonly configure: (
    settings: z.output<Schema>,
    chosen: ReadonlySet<string>,
  ) => Omit<Probe<Id>, keyof ProbeIdentity>;
  readonly emulatedServers: readonly EmulatedServer[];
}

/** Declares a probe whose forms never change; keeps its literal id. */
export function defineProbe<const Id extends string>(probe: ConstantProbe<Id>): ProbeDefinition<Id> {
  return { ...probe, build: () => probe };
}

/** Declares a probe whose forms depend on a key of scope.yaml; keeps its literal id. */
export function defineConfigurableProbe<const Id extends string, Schema extends z.ZodType>(
  definition: ConfigurableProbe<Id, Schema>,
): ProbeDefinition<Id> {
  const { configure, emulatedServers, settings, options, ...identity } = definition;
  return {
    ...identity,
    settings,
    ...(options && { options }),
    emulatedServers,
    build: (raw, chosen = NONE_CHOSEN) => ({ ...identity, ...configure(settings.schema.parse(raw), chosen) }),
  };
}

const NONE_CHOSEN: ReadonlySet<string> = new Set();

/** The usual `next`: each of these forms once, after the sighted ones. */
export function forms(...list: readonly RequestForm[]): Probe['next'] {
  return (done) => {
    const form = list.find(({ name }) => !done.some((exchange) => exchange.form === name));
    return form && { form, purpose: 'measure' };
  };
}
