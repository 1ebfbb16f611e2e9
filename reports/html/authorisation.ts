import type { RunNetwork, RunProbe, RunRecord, RunSettings } from '../../src/domain/run-record.js';
import { checkText } from '../reasons.js';
import { fileLink, named } from './cells.js';
import { countText } from '../../src/domain/count-text.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Bilingual } from './bilingual.js';
import { plural, bilingual } from './bilingual.js';
import { table } from './table.js';

/** A scope may name thousands; run.json has them all. */
const MOST_LISTED = 60;

/** Who authorised what, and what was in fact sent, byte for byte. */
export function authorisation(run: RunRecord): Html {
  return html`<dl class="facts">
${factsOf(run).map(
  ([name, value]) => html`<div><dt>${bilingual(name)}<dd>${value}</div>
`,
)}</dl>
<h3 id="probes-title">${bilingual({ en: 'What was asked', ja: '送信した要求' })}</h3>
${table('probes-title', COLUMNS, run.probes)}<p>${bilingual({
    en: html`The whole record, enough to do the same again, is ${fileLink('run.json')}.`,
    ja: html`同じ調査を再現できる完全な記録は ${fileLink('run.json')} にあります。`,
  })}</p>
`;
}

function factsOf(run: RunRecord): readonly (readonly [name: Bilingual, value: Part])[] {
  const { authorisation: by, targets, settings, counts, preflight = [] } = run;
  return [
    [{ en: 'Organisation', ja: '組織' }, named(by.organisation, 200)],
    [{ en: 'Authorised by', ja: '許可者' }, named(by.authorised_by, 200)],
    [{ en: 'Contact', ja: '連絡先' }, named(by.contact, 200)],
    [{ en: 'Valid until', ja: '有効期限' }, by.valid_until],
    [{ en: 'Scope file, SHA-256', ja: 'スコープファイルのSHA-256' }, html`<code>${by.scope_sha256}</code>`],
    [{ en: 'Networks in scope', ja: '許可されたネットワーク' }, list(by.networks.map(networkOf))],
    [{ en: 'Never probed', ja: '除外' }, by.exclude.length === 0 ? bilingual(NOTHING) : list(by.exclude)],
    [
      { en: 'Probed in this run', ja: '今回の調査対象' },
      [
        bilingual({
          en: `${plural(targets.addresses, 'address', 'addresses')}, and ${countText(targets.excluded_addresses)} excluded`,
          ja: `${countText(targets.addresses)}アドレス（ほかに除外${countText(targets.excluded_addresses)}アドレス）`,
        }),
        list(targets.networks),
      ],
    ],
    [{ en: 'Pace', ja: '送信の速さ' }, paceOf(settings)],
    [{ en: 'Seed of the order', ja: '順序のシード' }, html`<code>${settings.seed}</code>`],
    [
      { en: 'Sent and received', ja: '送受信' },
      bilingual({
        en: `${plural(counts.sweep_packets, 'packet')} in the sweep, ${plural(counts.measurement_requests, 'request')} to ${plural(counts.measured, 'responder')} alone; ${plural(counts.received_datagrams, 'datagram')} of ${plural(counts.received_bytes, 'byte')} came back`,
        ja: `スイープで${countText(counts.sweep_packets)}パケット、${countText(counts.measured)}台への個別の測定で${countText(counts.measurement_requests)}件の要求を送信。受信は${countText(counts.received_datagrams)}データグラム、${countText(counts.received_bytes)}バイト`,
      }),
    ],
    ...(preflight.length === 0
      ? []
      : ([
          [
            { en: 'Warned of before the first packet', ja: '送信前の確認での警告' },
            list(
              preflight.map((check) => {
                const { en, ja } = checkText(check);
                return bilingual({ en: named(en, 200), ja: named(ja, 200) });
              }),
            ),
          ],
        ] as const)),
    [
      { en: 'AS numbers from', ja: 'AS番号の出典' },
      run.asn_sources.length === 0
        ? bilingual({ en: 'the scope', ja: 'スコープ' })
        : list(
            run.asn_sources.map(
              ({ file, format, prefixes }) =>
                html`${named(file, 120)} <small>${format}, ${countText(prefixes)}</small>`,
            ),
          ),
    ],
    [{ en: 'Software', ja: 'ソフトウェア' }, `Ampscope ${run.ampscope_version}`],
  ];
}

function networkOf({ prefix, asn, as_name, customer }: RunNetwork): Html {
  return html`${prefix} <small>${asn !== undefined && `AS${asn} `}${named(as_name, 40)} ${named(customer, 40)}</small>`;
}

function paceOf({ rate, per_subnet, per_host, reply_bandwidth_bps, parallel, retries }: RunSettings): Html {
  const passes = retries === undefined ? undefined : retries + 1;
  return bilingual({
    en: `at most ${countText(rate)} packets/s in all, ${countText(per_subnet)} to a subnet, ${countText(per_host)} to a host; answers up to ${countText(reply_bandwidth_bps)} bit/s; ${countText(parallel)} hosts measured at once${passes === undefined ? '' : `; ${plural(passes, 'pass', 'passes')}`}`,
    ja: `全体で毎秒${countText(rate)}パケットまで、サブネットあたり${countText(per_subnet)}、ホストあたり${countText(per_host)}。応答は${countText(reply_bandwidth_bps)}ビット/秒まで。同時に測定するホスト数は${countText(parallel)}${passes === undefined ? '' : `。スイープは${passes}回`}`,
  });
}

const NOTHING = { en: 'nothing', ja: 'なし' };

function list(items: readonly Part[]): Html {
  const more = items.length - MOST_LISTED;
  return html`<ul>${items.slice(0, MOST_LISTED).map((item) => html`<li>${item}`)}${
    more > 0 &&
    html`<li>${bilingual({
      en: html`and ${more} more: see ${fileLink('run.json')}`,
      ja: html`ほか${more}件（${fileLink('run.json')} を参照）`,
    })}`
  }</ul>`;
}

const COLUMNS = [
  { head: { en: 'Probe', ja: 'プローブ' }, cell: ({ id }: RunProbe): Part => html`<code>${id}</code>` },
  { head: { en: 'UDP port', ja: 'UDPポート' }, isNumber: true, cell: ({ port }: RunProbe): Part => port },
  { head: { en: 'Standard', ja: '規格' }, cell: ({ standard }: RunProbe): Part => standard },
  { head: { en: 'Sent', ja: '送信' }, isNumber: true, cell: ({ sent }: RunProbe): Part => sent },
  {
    head: { en: 'Answered', ja: '応答' },
    isNumber: true,
    cell: ({ responders }: RunProbe): Part => responders,
  },
  { head: { en: 'Exposed', ja: '検出' }, isNumber: true, cell: ({ exposures }: RunProbe): Part => exposures },
  {
    head: {
      en: 'Requests of the sweep: bytes, and their content in hex',
      ja: 'スイープの要求：バイト数と16進表記',
    },
    cell: ({ forms }: RunProbe): Part =>
      html`<ul>${forms.map(
        ({ name, request_size, request_hex }) =>
          html`<li>${named(name, 60)}: ${request_size} B <code class="hex">${request_hex}</code>`,
      )}</ul>`,
  },
] as const;
