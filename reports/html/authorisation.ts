import type { RunProbe, RunRecord } from '../../src/domain/run-record.js';
import { fileLink, named } from './cells.js';
import type { Html, Part } from './html.js';
import { html } from './html.js';
import type { Said } from './say.js';
import { counted, say } from './say.js';
import { table } from './table.js';

/** A scope may name thousands; run.json has them all. */
const MOST_LISTED = 60;

/** Who authorised what, and what was in fact sent, byte for byte. */
export function authorisation(run: RunRecord): Html {
  const { authorisation: by, targets, settings, counts } = run;
  const first = settings.retries === undefined ? undefined : settings.retries + 1;
  return html`<dl class="facts">
${fact({ en: 'Organisation', ja: '組織' }, named(by.organisation, 200))}${fact({ en: 'Authorised by', ja: '許可者' }, named(by.authorised_by, 200))}${fact({ en: 'Contact', ja: '連絡先' }, named(by.contact, 200))}${fact({ en: 'Valid until', ja: '有効期限' }, by.valid_until)}${fact({ en: 'Scope file, SHA-256', ja: 'スコープファイルのSHA-256' }, html`<code>${by.scope_sha256}</code>`)}${fact(
    { en: 'Networks in scope', ja: '許可されたネットワーク' },
    list(
      by.networks.map(
        ({ prefix, asn, as_name, customer }) =>
          html`${prefix} <small>${asn && `AS${asn} `}${named(as_name, 40)} ${named(customer, 40)}</small>`,
      ),
    ),
  )}${fact({ en: 'Never probed', ja: '除外' }, by.exclude.length === 0 ? say(NOTHING) : list(by.exclude))}${fact(
    { en: 'Probed in this run', ja: '今回の調査対象' },
    html`${say({ en: counted(targets.addresses, 'address', 'addresses'), ja: `${targets.addresses}アドレス` })}${list(targets.networks)}`,
  )}${fact(
    { en: 'Pace', ja: '送信の速さ' },
    say({
      en: `at most ${settings.rate} packets/s in all, ${settings.per_subnet} to a subnet, ${settings.per_host} to a host; answers up to ${settings.reply_bandwidth_bps} bit/s; ${settings.parallel} hosts measured at once${first === undefined ? '' : `; ${counted(first, 'pass', 'passes')}`}`,
      ja: `全体で毎秒${settings.rate}パケットまで、サブネットあたり${settings.per_subnet}、ホストあたり${settings.per_host}。応答は${settings.reply_bandwidth_bps}ビット/秒まで。同時に測定するホスト数は${settings.parallel}${first === undefined ? '' : `。走査は${first}回`}`,
    }),
  )}${fact({ en: 'Seed of the order', ja: '順序のシード' }, html`<code>${settings.seed}</code>`)}${fact(
    { en: 'Sent and received', ja: '送受信' },
    say({
      en: `${counted(counts.sweep_packets, 'packet')} in the sweep, ${counted(counts.measurement_requests, 'request')} to ${counted(counts.measured, 'responder')} alone; ${counted(counts.received_datagrams, 'datagram')} and ${counts.received_bytes} bytes came back`,
      ja: `走査で${counts.sweep_packets}パケット、${counts.measured}台への個別の測定で${counts.measurement_requests}件の要求を送信。受信は${counts.received_datagrams}データグラム、${counts.received_bytes}バイト`,
    }),
  )}${fact({ en: 'AS numbers from', ja: 'AS番号の出典' }, run.asn_sources.length === 0 ? say({ en: 'the scope', ja: 'スコープ' }) : list(run.asn_sources.map(({ file, format, prefixes }) => html`${named(file, 120)} <small>${format}, ${prefixes}</small>`)))}${fact({ en: 'Software', ja: 'ソフトウェア' }, `Ampscope ${run.ampscope_version}`)}</dl>
<h3 id="probes-title">${say({ en: 'What was asked', ja: '送信した要求' })}</h3>
${table('probes-title', COLUMNS, run.probes)}<p>${say({
    en: html`The whole record, enough to do the same again, is ${fileLink('run.json')}.`,
    ja: html`同じ調査を再現できる完全な記録は ${fileLink('run.json')} にあります。`,
  })}</p>
`;
}

const NOTHING = { en: 'nothing', ja: 'なし' };

function fact(name: Said, value: Part): Html {
  return html`<div><dt>${say(name)}<dd>${value}</div>
`;
}

function list(items: readonly Part[]): Html {
  const more = items.length - MOST_LISTED;
  return html`<ul>${items.slice(0, MOST_LISTED).map((item) => html`<li>${item}`)}${
    more > 0 &&
    html`<li>${say({
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
      ja: '走査の要求：バイト数と16進表記',
    },
    cell: ({ forms }: RunProbe): Part =>
      html`<ul>${forms.map(
        ({ name, request_size, request_hex }) =>
          html`<li>${named(name, 60)}: ${request_size} B <code class="hex">${request_hex}</code>`,
      )}</ul>`,
  },
] as const;
