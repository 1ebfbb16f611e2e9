import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePrefix } from '../../reports/by-as.js';
import { formatPrefix } from '../../src/domain/address.js';

describe('a network of run.json', () => {
  const read = (text: string): string | undefined => {
    const prefix = parsePrefix(text);
    return prefix && formatPrefix(prefix);
  };

  it('is an address without a length, and a prefix with one from 0 to the bits of its family', () => {
    assert.equal(read('192.0.2.1'), '192.0.2.1/32');
    assert.equal(read('2001:db8::1'), '2001:db8::1/128');
    assert.equal(read('0.0.0.0/0'), '0.0.0.0/0');
    assert.equal(read('192.0.2.1/32'), '192.0.2.1/32');
    assert.equal(read('2001:db8::/128'), '2001:db8::/128');
    assert.equal(read('255.255.255.255/24'), '255.255.255.0/24');
  });

  it('is none where its length is no length, which stops no report', () => {
    for (const address of ['192.0.2.0', '2001:db8::'])
      for (const length of ['', 'abc', '-1', '129', '24.5', '1e1', ' 24', '0x18'])
        assert.equal(read(`${address}/${length}`), undefined, length);
    assert.equal(read('192.0.2.0/33'), undefined);
  });
});
