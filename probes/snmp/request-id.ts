import type { Nonce, RequestForm } from '../probe.js';

/** Bit 30: with it every number of ours takes four octets and is positive, so a request has one length. */
export const REQUEST_ID_BIT = 0x4000_0000;

/** The nonce of a request-id or msgID: the lower 30 bits. Undefined for one that needs fewer octets than ours. */
export function nonceOf(id: number): Nonce | undefined {
  return id >= 0 && id < 0x80_0000 ? undefined : id & (REQUEST_ID_BIT - 1);
}

/** A form whose every INTEGER of REQUEST_ID_BIT carries the nonce besides. */
export function numberedForm(name: string, template: Uint8Array): RequestForm {
  // 02 04 40 00 00 00 stands nowhere else: communities are printable, and no number of ours is as long.
  const places = [...template].flatMap((_, at) =>
    NUMBER.every((octet, i) => template[at + i] === octet) ? [at + 2] : [],
  );
  return {
    name,
    encode: (nonce) => {
      const request = template.slice();
      const view = new DataView(request.buffer);
      for (const at of places) view.setUint32(at, REQUEST_ID_BIT + nonce);
      return request;
    },
  };
}

const NUMBER = [0x02, 0x04, 0x40, 0x00, 0x00, 0x00];
