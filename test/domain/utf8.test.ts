import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageError } from '../../src/domain/usage-error.js';
import { decodeUtf8, notUtf8, refuseUtf16 } from '../../src/domain/utf8.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const UMLAUT = Uint8Array.of(0xfc);

const isUtf16 = new UsageError(
  'map.csv:1: the file is not UTF-8: it begins as UTF-16 does',
  'save it as UTF-8 (in Excel "CSV UTF-8", not "Unicode Text"), or: iconv -f UTF-16 -t UTF-8 map.csv',
);
const isOther = (line: number): UsageError =>
  new UsageError(
    `map.csv:${line}: the file is not UTF-8: probably Windows-1252 or Shift_JIS, as Excel's plain "CSV" is`,
    'save it as UTF-8 (in Excel "CSV UTF-8"), or: iconv -f WINDOWS-1252 -t UTF-8 map.csv; of Japanese text -f CP932',
  );

describe('a file that a user wrote', () => {
  it('is read as it is, its byte order mark included', () => {
    for (const text of ['', 'a', 'Hafen Köln\r\n例示\n', '\ufeffprefix,asn\n', '\u0000', '\u0000\u0000'])
      assert.equal(decodeUtf8(utf8(text), 'map.csv'), text);
  });

  for (const [how, bytes] of [
    ['with a mark, little-endian', utf16('\ufeff例')],
    ['with a mark, big-endian', utf16('\ufeff例').swap16()],
    ['without a mark, little-endian', utf16('prefix')],
    ['without a mark, big-endian', utf16('prefix').swap16()],
  ] as const)
    it(`is refused in UTF-16 ${how}`, () => {
      assert.throws(() => decodeUtf8(bytes, 'map.csv'), isUtf16);
      assert.throws(() => {
        refuseUtf16(bytes, 'map.csv');
      }, isUtf16);
    });

  it('is not taken for UTF-16 by half of a mark', () => {
    for (const bytes of [
      [0xff, 0x41],
      [0xfe, 0x41],
      [0x41, 0xfe],
      [0x41, 0xff],
      [0xff, 0xff],
      [0xfe, 0xfe],
    ])
      assert.throws(() => decodeUtf8(Uint8Array.from(bytes), 'map.csv'), isOther(1));
  });

  it('is refused with the first line that is not UTF-8', () => {
    const lines = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? utf8(part) : part)));
    for (const [line, bytes] of [
      [1, lines(UMLAUT, '\n', UMLAUT)],
      [2, lines('prefix\n', UMLAUT, '\nx\n')],
      [2, lines('\n', UMLAUT)],
      [3, lines('例\n\n', 'x', UMLAUT)],
      [3, lines('a\nb\nc', UMLAUT)],
    ] as const)
      assert.throws(() => decodeUtf8(bytes, 'map.csv'), isOther(line));
  });

  it('counts its lines from where the bytes begin', () => {
    assert.deepEqual(notUtf8(Buffer.concat([utf8('x\n'), UMLAUT]), 'map.csv', 40), isOther(41));
  });
});
