import { probes as definitions } from '../../probes/list.js';
import type { Language, ProbeDefinition } from '../../probes/probe.js';
import { DEFAULT_REASONS, isInDefault, NOT_MEASURED, publishedText } from '../../probes/probe.js';
import { ALL_SETTINGS } from '../settings/all-settings.js';
import { defineCommand, EXIT } from './command.js';
import { definitionOf } from '../engine/selected-probe.js';

/** Lists the probes, or shows one: what it sends, what it means, what to do. */
export const probes = defineCommand({
  positional: { usage: '[id]', describe: 'Show this one in full' },
  settings: ALL_SETTINGS.pick({ lang: true }),
  example: ['ampscope probes ntp-monlist --lang ja', 'request bytes, standard, remedy, in Japanese'],
  run({ lang: language }, { stdout }, { operands: [id] }) {
    stdout.write(id === undefined ? list(language) : show(definitionOf(id, 'probes'), language));
    return Promise.resolve(EXIT.finished);
  },
});

function list(language: Language): string {
  const width = Math.max(...definitions.map(({ id }) => id.length));
  const lines = definitions.map(
    ({ id, port, inDefault, published, texts, measuredOn }) =>
      `${isInDefault({ inDefault }) ? '*' : ' '} ${id.padEnd(width)}  udp/${String(port).padEnd(5)}  ${(published?.factor ?? '-').padEnd(13)}  ${texts.title[language]}${measuredOn === undefined ? '' : ` (${NOT_MEASURED[language]})`}\n`,
  );
  return `${lines.join('')}\n${LABELS[language].marked}\n`;
}

const LABELS = {
  en: {
    marked:
      '* asked by default; third column: the published factor\n  --probe takes ids, default, shadowserver (those with a report of theirs), games, industrial and all',
    sends: 'sends',
    bytes: 'bytes',
    option: 'option',
    standard: 'standard',
    published: 'published',
    unpublished: 'no factor',
    measured: 'measured',
    report: 'report',
    severity: 'severity',
    byDefault: 'by default',
    asked: 'asked',
    notAsked: 'not asked',
    risk: 'Risk',
    remedy: 'Remedy',
    check: 'Check',
  },
  ja: {
    marked:
      '* 既定で実行。3 列目は公表されている増幅率\n  --probe には ID、default、shadowserver（Shadowserverに対応する種別があるもの）、games（ゲームサーバー）、industrial（ビル設備）、all を指定できます',
    sends: '送信',
    bytes: 'バイト',
    option: 'オプション',
    standard: '規格',
    published: '公表値',
    unpublished: 'なし',
    measured: '測定',
    report: 'レポート',
    severity: '深刻度',
    byDefault: '既定',
    asked: '実行',
    notAsked: '実行しない',
    risk: 'リスク',
    remedy: '対策',
    check: '確認方法',
  },
} as const satisfies Record<Language, Record<string, string>>;

function show(definition: ProbeDefinition, language: Language): string {
  const {
    id,
    port,
    texts,
    standard,
    published,
    report,
    severity,
    settings,
    inDefault,
    measuredOn,
    options = [],
  } = definition;
  const labels = LABELS[language];
  const probe = definition.build(settings?.schema.parse(undefined));
  const requests = probe.sweepForms.map((form) => {
    const request = form.encode(0);
    return `${form.name}, ${request.length} ${labels.bytes}: ${Buffer.from(request).toString('hex')}`;
  });
  return `${[
    `${id}  udp/${port}  ${texts.title[language]}`,
    '',
    ...requests.map((request) => `${labels.sends}: ${request}`),
    ...options.map(({ flag, describe }) => `${labels.option}: --${flag}: ${describe[language]}`),
    `${labels.standard}: ${standard}`,
    `${labels.published}: ${published ? publishedText(published)[language] : labels.unpublished}`,
    ...(measuredOn === undefined ? [] : [`${labels.measured}: ${NOT_MEASURED[language]}`]),
    `${labels.report}: ${report}`,
    `${labels.severity}: ${severity}`,
    `${labels.byDefault}: ${isInDefault(definition) ? labels.asked : labels.notAsked} (${DEFAULT_REASONS[inDefault][language]})`,
    '',
    labels.risk,
    texts.risk[language],
    '',
    labels.remedy,
    atPort(texts.remedy[language], port),
    '',
    labels.check,
    atPort(texts.check[language], port),
  ].join('\n')}\n`;
}

function atPort(text: string, port: number): string {
  return text.replaceAll(/\bPORT\b/g, String(port));
}
