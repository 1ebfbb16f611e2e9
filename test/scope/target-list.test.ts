import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../src/domain/address.js';
import { UsageError } from '../../src/domain/usage-error.js';
import { parseExclusionList, parseTargetList } from '../../src/scope/target-list.js';

describe('a target list', () => {
  it('holds one address or prefix a line, with comments, blanks, CRLF and a byte order mark', () => {
    const text =
      '\uFEFF# customers\r\n\r\n192.0.2.0/24\r\n  2001:db8::7  # a host\r\n\t192.0.2.9#x\n198.51.100.1';
    assert.deepEqual(
      parseTargetList(text, 'targets.txt').map(({ text, place, range }) => [
        text,
        place,
        formatAddress(range.last),
      ]),
      [
        ['192.0.2.0/24', 'targets.txt:3', '192.0.2.255'],
        ['2001:db8::7', 'targets.txt:4', '2001:db8::7'],
        ['192.0.2.9', 'targets.txt:5', '192.0.2.9'],
        ['198.51.100.1', 'targets.txt:6', '198.51.100.1'],
      ],
    );
  });

  it('names the line of what is no address', () => {
    assert.throws(
      () => parseTargetList('192.0.2.1\n\n# x\n10.0.0.5/8\n', 'targets.txt'),
      new UsageError(
        'targets.txt:4: "10.0.0.5/8" has host bits set',
        'write 10.0.0.0/8 for the network, or 10.0.0.5/32 for the one address',
      ),
    );
  });

  it('takes one entry a line', () => {
    assert.throws(() => parseTargetList('192.0.2.1 192.0.2.2', '-'), {
      message: '-:1: "192.0.2.1 192.0.2.2" is not an address or a prefix',
      hint: 'write one address or prefix a line',
    });
    assert.throws(() => parseTargetList('192.0.2.1,192.0.2.2', '-'), {
      hint: 'write one address or prefix a line',
    });
  });

  it('without a target is an error, for no targets at all would mean the whole scope', () => {
    for (const text of ['', '\n', '# nothing\n'])
      assert.throws(
        () => parseTargetList(text, 'targets.txt'),
        new UsageError(
          'targets.txt: no target in it',
          'list one address or prefix a line, or give no targets at all for the whole scope',
        ),
      );
  });

  it('of exclusions may be empty', () => {
    assert.deepEqual(parseExclusionList('# none yet\n', 'exclude.txt'), []);
  });
});
