import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4 } from '../../src/domain/address.js';
import type { Origin } from '../../src/domain/finding.js';
import { createOrigins } from '../../src/origin/origin.js';

const host = ipv4(0xc000_0201);
const scopeNetwork = '192.0.2.0/24';

function originOf(scope: Origin | undefined, ...maps: readonly (Origin | undefined)[]): Origin {
  return createOrigins(
    () => scope,
    maps.map((origin) => ({ lookup: () => origin })),
  )(host);
}

describe('whose an address is', () => {
  it('is what the scope says before what any map says', () => {
    const scope = { asn: 64496, asName: 'OURS', customer: 'C-1', prefix: scopeNetwork };
    assert.deepEqual(
      originOf(scope, { asn: 64511, asName: 'THEIRS', customer: 'C-2', prefix: '192.0.0.0/16' }),
      scope,
    );
  });

  it('takes the AS from the maps where the scope has none, and keeps the customer of the scope', () => {
    assert.deepEqual(
      originOf({ customer: 'C-1', prefix: scopeNetwork }, undefined, {
        asn: 64511,
        asName: 'THEIRS',
        customer: 'C-2',
        prefix: '192.0.0.0/16',
        asns: [64511, 64510],
      }),
      { asn: 64511, asName: 'THEIRS', customer: 'C-1', prefix: '192.0.0.0/16', asns: [64511, 64510] },
    );
  });

  it('follows the maps in the order they were given', () => {
    const [one, two] = [
      { asn: 1, prefix: '192.0.2.0/25' },
      { asn: 2, prefix: '192.0.2.0/26' },
    ];
    assert.equal(originOf(undefined, one, two).asn, 1);
    assert.equal(originOf(undefined, two, one).asn, 2);
  });

  it('names an AS only by a source that means the same AS', () => {
    const scope = { asn: 64496, prefix: scopeNetwork };
    assert.equal(originOf(scope, { asn: 64511, asName: 'OTHER' }).asName, undefined);
    assert.equal(
      originOf(scope, { asn: 64511, asName: 'OTHER' }, { asn: 64496, asName: 'SAME' }).asName,
      'SAME',
    );
  });

  it('is the network of the scope where the AS is unknown, and nothing where that is unknown too', () => {
    assert.deepEqual(originOf({ prefix: scopeNetwork }, undefined), { prefix: scopeNetwork });
    assert.deepEqual(originOf({ prefix: scopeNetwork }, { customer: 'C-3', prefix: '192.0.2.1/32' }), {
      customer: 'C-3',
      prefix: scopeNetwork,
    });
    assert.deepEqual(originOf(undefined), {});
  });
});
