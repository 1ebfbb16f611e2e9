import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { unpacked } from '../packages/fetch.js';
import { offlineCommand } from '../packages/offline.js';
import { PACKAGE_SETS } from '../packages/packages.js';

/** A cell as the spreadsheet holds it: `kind` is its type, and `formula` what it would work out. */
export interface Cell {
  readonly kind: 'boolean' | 'currency' | 'date' | 'empty' | 'float' | 'percentage' | 'string' | 'time';
  /** A number as digits, a date as `2026-11-20T03:01:00`, a text as it stands. */
  readonly value: string;
  readonly formula?: string;
}

/** How a person opens a file: LibreOffice's import dialog asks both. */
export interface ImportChoice {
  /** A Windows language id: 1033 is American English, 1041 Japanese. */
  readonly language: number;
  /** Whether dates and the like are looked for, as Excel always does and LibreOffice on request. */
  readonly detectSpecialNumbers: boolean;
}

const LIMIT_MS = 60_000;
/** Asks to be started again: a new profile has been laid out. */
const START_AGAIN = 81;

/**
 * Opens CSV files in LibreOffice Calc and reads the cells back, row by row, file by file.
 * UTF-8, as the dialog chooses where a file begins with a byte order mark; without a dialog it would not look.
 * @param texts the files by name.
 * @param folder exists and is empty.
 */
export async function openInSpreadsheet(
  texts: ReadonlyMap<string, string>,
  choice: ImportChoice,
  folder: string,
): Promise<ReadonlyMap<string, readonly (readonly Cell[])[]>> {
  const set = PACKAGE_SETS.libreoffice;
  const office = unpacked(set).path('usr/lib/libreoffice');
  // Comma, double quote, UTF-8, from line 1, no column formats, language, quoted is not text, special numbers.
  const filter = `44,34,76,1,,${choice.language},false,${choice.detectSpecialNumbers}`;
  const names = new Map([...texts.keys()].map((name, index) => [name, `${index}-${basename(name, '.csv')}`]));
  for (const [name, text] of texts) writeFileSync(join(folder, `${names.get(name)}.csv`), text);
  mkdirSync(join(folder, 'read'));
  const [program, ...prefix] = offlineCommand(set, folder);
  const args = [
    ...prefix,
    // Unpacked, not installed: it is told where it lies, and its registry stands where the package put it.
    `-env:BRAND_BASE_DIR=file://${office}`,
    `-env:CONFIGURATION_LAYERS=xcsxcu:file://${office}/share/.registry res:file://${office}/share/.registry`,
    `-env:UserInstallation=file://${folder}/profile`,
    ...['--headless', `--infilter=Text - txt - csv (StarCalc):${filter}`, '--convert-to', 'fods'],
    ...['--outdir', join(folder, 'read'), ...[...names.values()].map((name) => join(folder, `${name}.csv`))],
  ];
  const start = (): Promise<unknown> =>
    promisify(execFile)(program, args, { timeout: LIMIT_MS, killSignal: 'SIGKILL' });
  await start().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === START_AGAIN) return start();
    throw error;
  });
  return new Map(
    [...names].map(([name, own]) => [
      name,
      readFlatSpreadsheet(readFileSync(join(folder, 'read', `${own}.fods`), 'utf8')),
    ]),
  );
}

/** The cells of a flat OpenDocument spreadsheet's first table, without the empty ones that only fill a row up. */
function readFlatSpreadsheet(xml: string): readonly (readonly Cell[])[] {
  const table = /<table:table [\s\S]*?<\/table:table>/.exec(xml)?.[0] ?? '';
  return elements(table, 'table:table-row').flatMap(({ attributes, content }) => {
    const cells = elements(content, 'table:table-cell').flatMap((cell) =>
      Array<Cell>(Number(cell.attributes.get('table:number-columns-repeated') ?? 1)).fill(cellOf(cell)),
    );
    return Array<Cell[]>(Number(attributes.get('table:number-rows-repeated') ?? 1)).fill(cells);
  });
}

interface Element {
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: string;
}

function elements(xml: string, name: string): readonly Element[] {
  const pattern = new RegExp(`<${name}((?: [\\w:-]+="[^"]*")*)(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');
  return [...xml.matchAll(pattern)].map(([, attributes = '', content = '']) => ({
    attributes: new Map(
      [...attributes.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        plain(value),
      ]),
    ),
    content,
  }));
}

function cellOf({ attributes, content }: Element): Cell {
  const kind = (attributes.get('office:value-type') ?? 'empty') as Cell['kind'];
  const formula = attributes.get('table:formula');
  const text = elements(content, 'text:p')
    .map((paragraph) =>
      plain(
        paragraph.content
          .replace(/<text:s(?: text:c="(\d+)")?\/>/g, (_, count?: string) => ' '.repeat(Number(count ?? 1)))
          .replace(/<text:tab\/>/g, '\t')
          .replace(/<[^>]*>/g, ''),
      ),
    )
    .join('\n');
  const value =
    kind === 'string' || kind === 'empty'
      ? text
      : (attributes.get(
          `office:${kind === 'date' || kind === 'time' || kind === 'boolean' ? kind : ''}-value`,
        ) ??
        attributes.get('office:value') ??
        text);
  return { kind, value, ...(formula !== undefined && { formula }) };
}

function plain(xml: string): string {
  return xml
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
}
