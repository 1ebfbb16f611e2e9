import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dissectTextMessage, readTextMessage } from '../../probes/wire/text-message.js';

const read = (text: string) => readTextMessage(Buffer.from(text, 'latin1'), { st: 'target', usn: 'name' });

describe('a message of lines', () => {
  it('has a first line and the headers that were asked for, in any case and with any space around', () => {
    const { firstLine, headers } = read('HTTP/1.1 200 OK\r\nST:a:b\r\nEXT:\r\n usn :  c \r\n\r\n');
    assert.equal(firstLine, 'HTTP/1.1 200 OK');
    assert.deepEqual(Object.fromEntries(headers), { target: 'a:b', name: 'c' });
  });

  it('has the first value of a header that stands twice, and none from behind the empty line', () => {
    assert.deepEqual(Object.fromEntries(read('X\r\nST: a\r\nST: b\r\n\r\nUSN: c\r\n').headers), {
      target: 'a',
    });
  });

  it('is read where its lines end without a carriage return (RFC 9112 §2.2)', () => {
    assert.deepEqual(Object.fromEntries(read('X\nST: a\n\nUSN: c\n').headers), { target: 'a' });
  });

  it('has no header where a line has no colon, or only a name that every object has', () => {
    assert.equal(read('X\r\nST\r\nconstructor: a\r\n: b\r\n\r\n').headers.size, 0);
  });

  it('is taken apart line by line, and what follows the empty line stays one field', () => {
    const fields = dissectTextMessage(Buffer.from('X y\r\nST: a\r\n\r\nbody\r\n'));
    assert.deepEqual(
      fields.map(({ at, bytes, name, value }) => [at, bytes, name, value]),
      [
        [0, 5, 'first line', 'X y'],
        [5, 7, 'header', 'ST: a'],
        [12, 2, 'end of the headers', ''],
        [14, 6, 'rest', '6 bytes'],
      ],
    );
  });
});
