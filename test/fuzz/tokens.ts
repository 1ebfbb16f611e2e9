/**
 * What the grammars of these protocols are made of, to be repeated until a datagram is full: separators, quotes,
 * escapes, length octets, pointers, empty elements, whole small entries. Nothing is said of which protocol a token
 * belongs to: each is tried on all.
 */
export const TOKENS: readonly Uint8Array[] = [
  ...'",=\\ .:;/-_<>()[]{}\'*+%@#&?!|~^$a1fZ\t\r\n\0'.split(''),
  ...['\r\n', '""', '" ', '",', '="', 'a="', 'a=1,', 'a=,', 'a= ', '"x"', 'version="a" ', 'a=x "b"'],
  ...['refid=', 'refid=1', 'refid=1.1.1.1,', 'refid =  ', 'srcadr=::,', 'peeradr="', 'dstadr=1.'],
  ...['1.', '.1', '1.2.3.4 ', '1.2.3.4', '::', 'a:', '0:0:0:0:0:0:0:', '127.127.', '12.34.56.'],
  ...['2026 ', '12:34', '12:34:56 2026', 'ab ab ', "it's ", 'HTTP/1.1 ', 'A: b\r\n', '<a>', '&lt;', '%41'],
]
  .map((text) => Uint8Array.from(Buffer.from(text, 'latin1')))
  .concat(
    [
      // Length octets at their limits, and what continues.
      ...['ff', 'fe', '80', '81', '7f', '40', '3f', '01', '02', '04', '05', '06', '30', '0161', '3f61'],
      // Compression pointers, labels, records: root-named, pointed, with names, texts, addresses and options in them.
      ...['c000', 'c00c', 'c00d', 'c010', 'ffff', '0161c00c'],
      ...['0000010001', 'c00c00020001', '00000100010000000000000000', 'c00c0001000100000000000401020304'],
      ...['c00c000200010000000000 02c00c', 'c00c000f00010000000000040000c00c', 'c00c00100001000000000000'],
      ...[
        'c00c0010000100000000000201 61',
        '00001c0001000000000010' + '00'.repeat(16),
        '000029100000000000 0000',
      ],
      ...['000f00020012', '000f000300126f', '00000000', '000a0000', '0000291000000000000006000f00020012'],
      // Empty and nested elements of BER, and bindings from the smallest on.
      ...[
        '3000',
        '3080',
        '30840000ffff',
        '3082ffff',
        '0400',
        '0500',
        '0600',
        '0201 00',
        '060100',
        '30050601000500',
      ],
      ...['300406000500', '30070601000202 0000', '300a06052b060102010500', '300c06082b060102010101000400'],
      ...['30160610' + '01'.repeat(16) + '0202ffff', '40040a000001', '30100609ffffffff7fffffff7f0203ffffff'],
      // Items of lists.
      '00'.repeat(4),
      '01'.repeat(8),
      '00'.repeat(72),
    ].map((hex) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))),
  );

/** Numbers at which counts and lengths turn: in one, two or four octets, of either order. */
export const LIMITS: readonly number[] = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0xffff_ffff,
];
