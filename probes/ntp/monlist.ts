/**
 * Does this NTP server list its last clients? (mode 7, MON_GETLIST_1, ntpd up to 4.2.7p25)
 *
 *     sent      17 00 03 2a 00 00 00 00                  version 2, mode 7; implementation 3; code 42
 *     received  d7 00 03 2a 00 06 00 48  and 6 items     more follow; 6 items of 72 bytes: 440 bytes
 *               …
 *               97 63 03 2a 00 06 00 48  and 6 items     the last: 600 entries are 100 datagrams
 *     or        97 00 03 2a 40 00 00 00                  error 4: nothing in the list, or no list
 *
 * Error 4 is said by an idle vulnerable server, by one with `disable monitor` and by a patched one with `enable
 * mode7`, and mode 7 requests are not entered in the list. So after it we ask for the time once, as any client
 * does, and then for the list again: a server with a list now has us in it.
 *
 *     sent      23 00 00 … 41 4d 50 53 43 4f 50 45       version 4, mode 3: 48 bytes, with a mark for the time
 *     sent      17 00 03 2a 00 00 00 00                  again
 *     received  97 00 03 2a 00 01 00 48  and 1 item      monlist works; or error 4 again: there is none
 */
import { defineProbe, forms, type Ask, type Exchange, type RequestForm } from '../probe.js';
import { dissectNtp } from './dissect.js';
import { judgeMonlist, listsClients, isEmptyAnswer } from './judge-monlist.js';
import { MONLIST_CODE, writeMode7 } from './mode7.js';
import { IMPLEMENTATION_UNKNOWN, readMonlist } from './read-monlist.js';
import { timeRequest } from './time-packet.js';
import { emulatedServers } from './emulated-servers.js';
import { texts, textsFor } from './texts-monlist.js';

/** IMPL_XNTPD: what every ntpd with IPv6 speaks. Eight bytes are the shortest request that is answered. */
const implementation3: RequestForm = { name: 'implementation-3', encode: () => request(3, 8) };

/** IMPL_XNTPD_OLD: the same question to daemons older than IPv6. */
const implementation2: RequestForm = { name: 'implementation-2', encode: () => request(2, 8) };

/** As long as ntpdc 4.2.6 asks: for daemons and filters that let only the real tool's length pass. */
const asNtpdc: RequestForm = { name: 'implementation-3-192-bytes', encode: () => request(3, 192) };

/** What makes us a client of the server. */
const asClient: RequestForm = { name: 'client-time', encode: timeRequest };

const MONLIST_FORMS = [implementation3, implementation2, asNtpdc];

export const ntpMonlist = defineProbe({
  id: 'ntp-monlist',
  protocol: 'ntp',
  port: 123,
  standard: 'RFC 5905 §7.3 (mode 7, private use); ntp_request.h (ntpd 4.2.6)',
  published: {
    factor: '556.9',
    source: 'US-CERT TA14-017A; Rossow, NDSS 2014',
    note: { en: '4670 for the strongest tenth', ja: '上位1割では4670' },
  },
  severity: 'medium',
  inDefault: 'yes: reported',
  quietGapMs: 2000,
  report: 'scan_ntpmonitor',
  texts,
  textsFor,
  sweepForms: [implementation3],
  read: readMonlist,
  next,
  judge: judgeMonlist,
  dissect: dissectNtp,
  emulatedServers,
});

/**
 * The older implementation after error 1 or silence, the longer request after nothing but silence. An empty list is
 * asked for again, as a client; a list with entries, or any other refusal, is enough.
 */
function next(done: readonly Exchange[]): Ask | undefined {
  if (done.some(listsClients)) return undefined;
  const empty = done.find(isEmptyAnswer);
  if (empty) return afterEmptyList(done, empty);
  if (done.every(({ end }) => end === 'silent')) return afterSilence(done);
  if (done.every((exchange) => exchange.end === 'silent' || knowsAnotherImplementation(exchange)))
    return afterError1(done);
  return undefined;
}

function afterEmptyList(done: readonly Exchange[], { form }: Exchange): Ask | undefined {
  const primed = done.findIndex(({ purpose }) => purpose === 'prime');
  if (primed < 0) return { form: asClient, purpose: 'prime' };
  const again = MONLIST_FORMS.find(({ name }) => name === form);
  const isFresh = primed === done.length - 1 && done[primed]?.end !== 'unsent';
  return again && isFresh ? { form: again, purpose: 'measure' } : undefined;
}

const afterSilence = forms(implementation3, implementation2, asNtpdc);
const afterError1 = forms(implementation2);

function knowsAnotherImplementation({ replies }: Exchange): boolean {
  return (
    replies.length > 0 &&
    replies.every(({ reading }) => reading.kind === 'refusal' && reading.reason === IMPLEMENTATION_UNKNOWN)
  );
}

function request(implementation: number, bytes: number): Uint8Array {
  return writeMode7({
    response: false,
    more: false,
    version: 2,
    authenticated: false,
    sequence: 0,
    implementation,
    code: MONLIST_CODE,
    error: 0,
    items: 0,
    reserved: 0,
    itemBytes: 0,
    data: new Uint8Array(bytes - 8),
  });
}
