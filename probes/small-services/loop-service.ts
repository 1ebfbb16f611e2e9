import { LOOP_RISK } from '../../src/domain/finding.js';
import {
  defineProbe,
  forms,
  type DefaultReason,
  type Exchange,
  type Facts,
  type Field,
  type Judgement,
  type Probe,
  type ProbeDefinition,
  type ProbeIdentity,
  type ProbeTexts,
  type RequestForm,
  type EmulatedServer,
  type Texts,
} from '../probe.js';

/** A service that answers every datagram, and so can be made to answer another such service without end. */
export interface LoopService<Id extends string> extends Pick<
  ProbeIdentity,
  'port' | 'published' | 'report' | 'strength'
> {
  /** The name of the service, which is its protocol too: `qotd`. */
  readonly id: Id;
  /** `RFC 865`. */
  readonly standard: string;
  /** Absent: chargen is asked for its kind. */
  readonly inDefault?: DefaultReason;
  /** What is sent. Absent: one line end, for the data of the request are ignored. */
  readonly request?: RequestForm;
  readonly nonce?: Probe['nonce'];
  /** What the datagram says; undefined where it is not of this service. Total: no bytes throw. */
  read(payload: Uint8Array, request: Uint8Array): Facts | undefined;
  /** Why a datagram is not of this service: `no line with a date and a time`. */
  readonly otherwise: string;
  /** The finding in one line, from what `read` made of the largest answer. May hold remote text. */
  detail(facts: Facts): Texts;
  /** The fields of a request or a reply that is not empty. */
  dissect(payload: Uint8Array): readonly Field[];
  readonly texts: {
    readonly title: Texts;
    /** The first sentences of the risk: what comes back, and the harm that it does. */
    readonly harm: Texts;
    /** What is seen of an open one, and the command after which it is seen; absent: a line end by netcat. */
    readonly seen: Texts;
    readonly command?: string;
    /** Whether "Simple TCP/IP Services" of Windows has it. */
    readonly isInWindows: boolean;
  };
  /** Those that answer; one that is switched off comes along. */
  readonly emulatedServers: readonly EmulatedServer[];
}

/** Declares a probe of a service that answers every datagram: see chargen.ts, which is the smallest. */
export function defineLoopService<const Id extends string>(service: LoopService<Id>): ProbeDefinition<Id> {
  const { id, port, standard, published, report, strength, inDefault = 'no: like-chargen', nonce } = service;
  return defineProbe<Id>({
    id,
    protocol: id,
    port,
    standard,
    ...(published && { published }),
    ...(strength && { strength }),
    severity: 'medium',
    inDefault,
    quietGapMs: 2000,
    report,
    texts: textsOf(service),
    // A row that this run did not see has no facts, and neither have bytes that were not recognised.
    textsFor: ({ facts }) => (facts === undefined ? {} : { detail: service.detail(facts) }),
    sweepForms: [service.request ?? LINE_END],
    ...(nonce && { nonce }),
    read(payload, request) {
      const facts = service.read(payload, request);
      return facts ? { kind: 'answer', facts } : { kind: 'unrecognised', why: service.otherwise };
    },
    next: forms(),
    judge: (done) => judge(service, done),
    dissect: (payload) => (payload.length === 0 ? [] : service.dissect(payload)),
    emulatedServers: [
      ...service.emulatedServers,
      {
        name: `${id}-off`,
        about: 'a host with the service switched off, or on TCP only, as most inetds have it: silence',
        reply: () => [],
      },
    ],
  });
}

const LINE_END: RequestForm = { name: 'newline', encode: () => Uint8Array.of(0x0a) };

function judge(service: LoopService<string>, done: readonly Exchange[]): Judgement {
  let largest: { readonly bytes: number; readonly facts: Facts } | undefined;
  for (const { purpose, replies } of done)
    if (purpose === 'measure')
      for (const { payloadBytes: bytes, reading } of replies)
        if (reading.kind === 'answer' && bytes > (largest?.bytes ?? -1))
          largest = { bytes, facts: reading.facts };
  if (largest === undefined) return { kind: 'nothing' };
  const { facts } = largest;
  return {
    kind: 'exposure',
    tags: [service.id, 'loop-risk'],
    detail: service.detail(facts).en,
    facts,
    atLeast: LOOP_RISK,
  };
}

/** CERT CA-1996-01. */
const LOOP: Texts = {
  en:
    'By its standard such a service answers whatever it is sent: with the forged address of another such service (echo, ' +
    'systat, daytime, qotd, chargen, time) one packet can make the two answer each other without end. Hardly anything ' +
    'in use today needs it.',
  ja:
    'このようなサービスは、規格上、要求の内容を問わず応答するため、同種のサービス（echo、systat、daytime、qotd、chargen、time）を' +
    '送信元に詐称したパケットが1つ届くだけで、2つのサービスが際限なく応答し合うおそれがあります。現在、このサービスを必要とする用途はほとんどありません。',
};

function textsOf({ id, texts }: LoopService<string>): ProbeTexts {
  const { title, harm, seen, command = 'echo | nc -u -w 3 ADDRESS PORT', isInWindows } = texts;
  return {
    title,
    risk: { en: `${harm.en} ${LOOP.en}`, ja: harm.ja + LOOP.ja },
    remedy: {
      en: [
        'Switch the service off, and the others of its kind along with it: echo (7), systat (11), daytime (13), qotd (17), chargen (19) and time (37).',
        `inetd: remove the ${id} lines from /etc/inetd.conf and restart it. xinetd: set \`disable = yes\` in /etc/xinetd.d/${id}* and restart it.`,
        ...(isInWindows ? ['Windows: remove the feature "Simple TCP/IP Services".'] : []),
        'Printers, routers and other devices: turn off "small servers" (Cisco: `no service udp-small-servers`) or update the firmware.',
        `Until then have UDP port PORT filtered at the edge or upstream, as destination inwards and as source outwards, and let no packet with a forged source leave your network (BCP 38).`,
      ].join('\n'),
      ja: [
        'サービスを停止してください。同種のecho（7番）、systat（11番）、daytime（13番）、qotd（17番）、chargen（19番）、time（37番）も併せて停止してください。',
        `inetd：/etc/inetd.conf から${id}の行を削除し、再起動します。xinetd：/etc/xinetd.d/${id}* に \`disable = yes\` を設定し、再起動します。`,
        ...(isInWindows ? ['Windows：「簡易TCP/IPサービス」の機能を削除します。'] : []),
        'プリンター、ルーターなどの機器：small servers（Ciscoでは `no service udp-small-servers`）を無効にするか、ファームウェアを更新します。',
        `対策が済むまでは、網の境界または上流で、内向きは宛先、外向きは送信元がUDPポートPORTのパケットを遮断し、送信元を詐称したパケットが網外へ出ないようにしてください（BCP 38）。`,
      ].join('\n'),
    },
    check: {
      en: `If ${seen.en}, the service is still open; if anything else does, something still answers there. If nothing comes back within three seconds, twice in a row, it no longer answers:\n    ${command}`,
      ja: `${seen.ja}が返ってきた場合は、まだ応答しています。それ以外のものが返ってきた場合も、このポートで何かが応答しています。2回続けて3秒以内に何も返ってこなければ、応答は止まっています。\n    ${command}`,
    },
  };
}
