import { cleanText } from '../../../reports/clean-text.js';
import { plural, FACTOR_DECIMALS, RTT_DECIMALS, decimalText, preciseTime } from '../../../reports/format.js';
import { describedAnswer } from '../../../reports/record.js';
import { cutToWidth } from '../../../reports/text-width.js';
import type { Exchange, Reading } from '../../domain/exchange.js';
import { SHORT_WINDOW_MS, receivedWithin, wasStillSending } from '../../domain/exchange.js';
import { factorsOf, isLowerBound } from '../../domain/factors.js';
import type { ObservedExchange } from '../../measure/measure-responder.js';
import type { Inspection, ShownField } from './inspection.js';
import { shownFields } from './inspection.js';
import { publishedText } from '../../../probes/probe.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';

/** A terminal's width at which nothing of an inspection is broken. */
const COLUMNS = 100;
const INDENT = '    ';
const HEX_BYTES = 8;
/** Of each exchange, of each datagram and of each field; `--all` shows the rest. */
const SHOWN_REPLIES = 2;
const SHOWN_DATAGRAM_LINES = 60;
const SHOWN_LINES = 4;
const WIDEST_NAME = 30;

export function describeProbe({ probe, port }: SelectedProbe): string {
  const lines = [`${probe.id}  udp/${port}  ${probe.texts.title.en}`, `  as in ${probe.standard}`];
  return `\n${lines.flatMap((line) => wrapped(line, COLUMNS)).join('\n')}\n`;
}

/**
 * One exchange: every datagram field by field with its bytes on the left, and the factors. A part for each datagram,
 * for there may be thousands.
 */
export function* describeExchange(
  { probe }: SelectedProbe,
  { exchange, payloads, localPort }: ObservedExchange,
  { number, all }: { readonly number: number; readonly all: boolean },
): Generator<string> {
  const { form, purpose, requestedAt, request, replies } = exchange;
  const from = localPort === undefined ? '' : ` from port ${localPort}`;
  const at = requestedAt === undefined ? 'at an unknown time' : preciseTime(requestedAt);
  const shown = all ? replies.length : Math.min(replies.length, SHOWN_REPLIES);
  yield textOf([
    '',
    `  request ${number}: ${form} (${purpose}), ${plural(request.length, 'byte')}, ${at}${from}`,
    ...fieldLines(shownFields(probe, request), all),
  ]);
  for (const [index, { afterMs = 0, payloadBytes, reading }] of replies.slice(0, shown).entries())
    yield textOf([
      `  reply ${index + 1} of ${replies.length}: ${plural(payloadBytes, 'byte')} after ${decimalText(afterMs, RTT_DECIMALS)} ms: ${readingText(reading)}`,
      ...fieldLines(shownFields(probe, payloads[index] ?? new Uint8Array()), all),
    ]);
  yield textOf([...restLines(exchange, shown), ...endLines(exchange)]);
}

function textOf(lines: readonly string[]): string {
  return lines
    .flatMap((line) => wrapped(line, COLUMNS))
    .map((line) => `${line}\n`)
    .join('');
}

/** What all exchanges of a probe say together. */
export function describeOutcome({ selected, outcome }: Inspection): string {
  const rows: (readonly [string, string])[] =
    outcome.kind === 'exposure'
      ? [
          ['exposure', `${outcome.report}, ${outcome.severity.level}: ${outcome.severity.reason}`],
          ['factors', factorsText(outcome.verdict.reported)],
          ['tags', [...outcome.verdict.exposure.tags, ...outcome.verdict.reported.caveats].join(', ')],
          ['version', cleanText(outcome.verdict.exposure.version) ?? ''],
          ['detail', describedAnswer(outcome.verdict.exposure) ?? ''],
          ['published', selected.probe.published ? publishedText(selected.probe.published).en : ''],
          ['to do', `ampscope probes ${selected.probe.id} says what it means and what to do`],
        ]
      : [[outcome.kind === 'none' ? 'no exposure' : outcome.kind, outcome.reason]];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows
    .filter(([, text]) => text !== '')
    .flatMap(([name, text]) =>
      wrapped(text, COLUMNS - width - 4).map(
        (line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`,
      ),
    );
  return `\n${lines.join('\n')}\n`;
}

function fieldLines(fields: readonly ShownField[], all: boolean): readonly string[] {
  const nameWidth = Math.min(WIDEST_NAME, Math.max(...fields.map(({ name }) => name.length)));
  const hexWidth = 3 * HEX_BYTES - 1;
  const textWidth = COLUMNS - INDENT.length - 4 - 2 - hexWidth - 2;
  const lines = fields.flatMap(({ at, bytes, name, value = 'masked: the address of a third party', hex }) => {
    const rows = Array.from({ length: Math.ceil(bytes / HEX_BYTES) }, (_, row) =>
      (hex.slice(2 * HEX_BYTES * row, 2 * HEX_BYTES * (row + 1)).match(/../g) ?? []).join(' '),
    );
    const texts = wrapped(value, textWidth - nameWidth - 2).map(
      (line, index) => `${(index === 0 ? cutToWidth(name, nameWidth) : '').padEnd(nameWidth)}  ${line}`,
    );
    const most = Math.max(rows.length, texts.length);
    const shown = all ? most : Math.min(most, SHOWN_LINES);
    const shownLines = Array.from({ length: shown }, (_, row) => {
      const offset = row < rows.length ? (at + row * HEX_BYTES).toString(16).padStart(4, '0') : '    ';
      return `${INDENT}${offset}  ${(rows[row] ?? '').padEnd(hexWidth)}  ${texts[row] ?? ''}`.trimEnd();
    });
    return shown === most
      ? shownLines
      : [
          ...shownLines,
          `${INDENT}      … ${plural(Math.max(0, bytes - shown * HEX_BYTES), 'byte')} more of it`,
        ];
  });
  const rest = lines.length - SHOWN_DATAGRAM_LINES;
  if (all || rest <= 0) return lines;
  return [
    ...lines.slice(0, SHOWN_DATAGRAM_LINES),
    `${INDENT}… ${plural(rest, 'line')} more; --all shows them`,
  ];
}

function restLines({ replies }: Exchange, shown: number): readonly string[] {
  const rest = replies.slice(shown).map(({ payloadBytes }) => payloadBytes);
  if (rest.length === 0) return [];
  const [least, most] = [Math.min(...rest), Math.max(...rest)];
  const sizes = least === most ? `${least}` : `${least} to ${most}`;
  const which = rest.length === 1 ? `reply ${shown + 1}` : `replies ${shown + 1} to ${replies.length}`;
  return [`  ${which}: ${sizes} bytes${rest.length === 1 ? '' : ' each'}; --all shows them, --json too`];
}

function endLines(exchange: Exchange): readonly string[] {
  const { end, sendError, purpose, received, replies } = exchange;
  const others = otherLines(exchange);
  if (end === 'closed') return ['  an ICMP port unreachable came back', ...others];
  if (end === 'unsent') return [`  not sent: ${sendError ?? 'unknown'}`, ...others];
  if (received.datagrams === 0) return ['  silence', ...others];
  const lastMs = replies.at(-1)?.afterMs ?? 0;
  const summary = `${plural(received.datagrams, 'datagram')}, ${plural(received.payloadBytes, 'byte')}, the last after ${decimalText(lastMs, RTT_DECIMALS)} ms`;
  const figures = purpose === 'measure' ? `: ${factorsText(exchange)}` : '';
  return [`  in all ${summary}${figures}`, ...shortWindowLines(exchange, lastMs), ...others];
}

/** The figures of the first two seconds, where they are not those of the whole answer. */
function shortWindowLines(exchange: Exchange, lastMs: number): readonly string[] {
  const received = receivedWithin(exchange, SHORT_WINDOW_MS);
  if (lastMs <= SHORT_WINDOW_MS || received === undefined || exchange.purpose !== 'measure') return [];
  const { datagrams, payloadBytes } = received;
  const figures = factorsText({ ...exchange, received });
  return [
    `  within 2 s ${plural(datagrams, 'datagram')}, ${plural(payloadBytes, 'byte')}: ${figures}`,
    ...(wasStillSending(exchange) ? ['  still sending when a cap ended it'] : []),
  ];
}

/** What came or left besides, no part of the figures. */
function otherLines({ offPath, offPathAddresses, askedBack, farewellBytes }: Exchange): readonly string[] {
  const from = [offPathAddresses, 'other', offPathAddresses === 1 ? 'address' : 'addresses'].join(' ').trim();
  return [
    ...(offPath.datagrams > 0
      ? [`  ${plural(offPath.datagrams, 'datagram')} came from ${from}: no part of the figures`]
      : []),
    ...(askedBack
      ? [`  ${plural(askedBack.datagrams, 'question')} came from the host itself: no answer`]
      : []),
    ...(farewellBytes === undefined ? [] : [`  ended with a datagram of ${plural(farewellBytes, 'byte')}`]),
  ];
}

function factorsText(exchange: Exchange): string {
  const { amplification, packetAmplification, wireAmplification } = factorsOf(exchange);
  const [payload, packets, wire] = [amplification, packetAmplification, wireAmplification].map(
    (factor) => `${decimalText(factor, FACTOR_DECIMALS)}x`,
  );
  const caveat = isLowerBound(exchange) ? `, lower bounds (${exchange.caveats.join(', ')})` : '';
  return `${payload ?? ''} for ${plural(exchange.sent.payloadBytes, 'byte')}, ${packets ?? ''} in packets, ${wire ?? ''} on the wire${caveat}`;
}

function readingText(reading: Reading): string {
  if (reading.kind === 'refusal') return `refusal: ${cleanText(reading.reason) ?? ''}`;
  if (reading.kind === 'unrecognised') return `not of this protocol: ${cleanText(reading.why) ?? ''}`;
  const facts = Object.entries(reading.facts).map(([name, value]) => `${name} ${String(value)}`);
  return cleanText(['answer', facts.join(', ')].filter((part) => part !== '').join(': ')) ?? '';
}

/** Lines of at most so many characters, broken at spaces where there are any; what follows is indented alike. */
function wrapped(text: string, columns: number): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const cut = space > indent.length ? space : columns;
    lines.push(rest.slice(0, cut));
    rest = indent + rest.slice(cut).trimStart();
  }
  return [...lines, rest];
}
