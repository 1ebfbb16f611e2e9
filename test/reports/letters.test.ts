/**
 * A strict reader of the letters about everything that the lab shows, and of the same with other settings: each rule
 * holds for every finding, in both languages. What the measured room asks is what the letters are made of.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import dnsPacket from 'dns-packet';
import { probes } from '../../probes/list.js';
import type { Language } from '../../probes/probe.js';
import { LANGUAGES } from '../../probes/probe.js';
import { PDU, readSnmpMessage, SNMP_VERSION } from '../../probes/snmp/message.js';
import { notices } from '../../reports/notices/notices.js';
import { atHost, textsOf } from '../../reports/notices/phrases.js';
import type { FindingRecord } from '../../reports/record.js';
import { trafficOf } from '../../src/domain/exchange.js';
import type { Found } from './lab-findings.js';
import { found } from './lab-findings.js';
import { sampleRun } from './sample-run.js';

/** The one letter about these findings, its subject included. */
function letterAbout(records: FindingRecord | readonly FindingRecord[], language: Language): string {
  const files = [...notices.files(sampleRun, [records].flat(), { bom: false, probes })];
  const file = files.find(({ path }) => path.endsWith(`.${language}.txt`)) ?? assert.fail();
  return [...file.chunks].join('');
}

/** Without the breaks of its lines. */
function unwrapped(letter: string, language: Language): string {
  return letter.replace(/\s+/g, language === 'en' ? ' ' : '');
}

function commandsIn(text: string): readonly string[] {
  return text.match(/^ {4}\S.*$/gm)?.map((line) => line.trim()) ?? [];
}

function requestOf({ exchanges }: FindingRecord): Uint8Array {
  return Buffer.from(exchanges.find(({ reported }) => reported === true)?.request ?? assert.fail(), 'hex');
}

const letters = found.flatMap((one) =>
  LANGUAGES.map((language) => ({ one, language, letter: letterAbout(one.record, language) })),
);

/** Every finding in every language. */
function each(check: (letter: string, found: Found, language: Language) => void): void {
  for (const { letter, one, language } of letters) check(letter, one, language);
}

describe('the letters about all that the lab shows', () => {
  it('are about every probe, about hosts that amplify and hosts that do not', () => {
    assert.deepEqual(
      [...new Set(found.map(({ record }) => record.probe))].sort(),
      probes.map(({ id }) => id).sort(),
    );
    const factors = found.map(({ record }) => record.amplification ?? NaN);
    assert.ok(factors.some((factor) => factor <= 1));
    assert.ok(factors.some((factor) => factor > 1000));
    const tags = new Set(found.flatMap(({ record }) => record.tag?.split(';') ?? []));
    for (const tag of ['mode7-open-no-monlist', 'mode7-open', 'bogusresolver']) assert.ok(tags.has(tag), tag);
  });

  it('claim no amplification where the host sends back no more than it got', () => {
    const CLAIM = {
      en: /large|many times|multipl(?:y|ies)(?! an attack)|flood|amplif|more than (?:was|it was|they were)/i,
      ja: /大きな応答|大量|何十倍|増幅器|倍以上/,
    };
    const usual = probes.find(({ id }) => id === 'dns-any')?.texts ?? assert.fail();
    for (const language of LANGUAGES) assert.match(usual.title[language], CLAIM[language], 'it sees one');
    for (const { name, record } of found) {
      if ((record.amplification ?? NaN) > 1) continue;
      const { title, risk } = textsOf(record, probes);
      for (const language of LANGUAGES)
        for (const text of [
          title[language],
          risk[language].replace(
            /no larger than|hardly larger than|less than twice as large as|as large as/g,
            '',
          ),
        ])
          assert.doesNotMatch(text, CLAIM[language], `${name}: ${text}`);
    }
  });

  it('count in their opening only what is at least twice as large on the wire', () => {
    each((letter, { name, record }, language) => {
      const counts = {
        en: /at least\s+twice\s+as\s+large\s+as\s+the\s+request\s+on\s+the\s+wire/,
        ja: /回\s*線\s*上\s*で\s*要\s*求\s*の\s*2\s*倍\s*以\s*上/,
      }[language].test(letter);
      assert.equal(counts, (record.wire_amplification ?? NaN) >= 2, `${name} ${language}`);
    });
  });

  it('check a DNS server with the question that it answered, octet for octet but for the id', () => {
    const dns = found.filter(({ record }) => record.protocol === 'dns');
    assert.ok(dns.length > 20);
    for (const { name, record } of dns) {
      const { check } = textsOf(record, probes);
      const [command = '', ...others] = commandsIn(atHost(check.en, record));
      assert.deepEqual(others, [], name);
      const asked = Buffer.from(requestOf(record));
      const typed = Buffer.from(asDigSends(command));
      assert.deepEqual(typed.subarray(2), asked.subarray(2), `${name}: ${command}`);
      assert.ok(command.endsWith(` @${record.ip} -p ${record.probed_port}`), command);
    }
  });

  it('check an SNMP agent with its version, its community and the values that were asked for', () => {
    const agents = found.filter(({ record }) => /^snmp-(getbulk|v1)/.test(record.probe));
    assert.ok(agents.length > 5);
    for (const { name, record } of agents) {
      const [command = ''] = commandsIn(atHost(textsOf(record, probes).check.en, record));
      const asked = readSnmpMessage(requestOf(record)) ?? assert.fail(name);
      const community = Buffer.from(asked.community).toString();
      const isV1 = asked.version === SNMP_VERSION.v1;
      assert.ok(command.includes(isV1 ? ' -v1 ' : ' -v2c '), command);
      assert.ok(command.includes(` -c ${community} -r 0 `), command);
      const oids = command.split(' ').filter((word) => /^1\.3\.6/.test(word));
      assert.deepEqual(
        oids,
        asked.varBinds.map(({ oid }) => oid),
        name,
      );
      // net-snmp's tools refuse GetBulk inside v1: the GetNext with which the agent was found stands for it, and is called so.
      assert.equal(
        /do not send the request that brought the answer above/.test(textsOf(record, probes).check.en),
        asked.pdu === PDU.getBulk && isV1,
        name,
      );
      if (asked.pdu === PDU.getBulk && !isV1)
        assert.match(command, new RegExp(`^snmpbulkget .* -Cr${asked.fourth} `), name);
      else assert.match(command, /^snmpgetnext /, name);
      const place = record.ip.includes(':') ? `udp6:[${record.ip}]` : record.ip;
      assert.ok(command.includes(` ${place}:${record.probed_port} `), command);
    }
  });

  it('write a community as the shell takes it, whatever is in it', () => {
    const { record } = found.find(({ record }) => record.probe === 'snmp-getbulk') ?? assert.fail();
    const exchanges = record.exchanges.map((exchange) => ({ ...exchange, form: "getbulk-50 it's $HOME" }));
    const { check } = textsOf({ ...record, exchanges }, probes);
    assert.match(check.en, /^ {4}snmpbulkget -v2c -c 'it'\\''s \$HOME' -r 0 -Cr50 ADDRESS:PORT /m);
  });

  it('say what it means when the check shows an answer, and what when it shows none', () => {
    const OUTCOMES = {
      en: [/still|"open" means/, /"closed" that|no longer/],
      ja: [/まだ/, /止まって|応答していません/],
    };
    each((_, { name, record }, language) => {
      const check = textsOf(record, probes).check[language];
      for (const outcome of OUTCOMES[language]) assert.match(check, outcome, `${name} ${language}`);
    });
  });

  it('call a list one that is still given only where one was, and a loop what can be', () => {
    const lists = found.filter(({ record }) => record.probe === 'ntp-monlist');
    const STILL = { en: /still gives a list/, ja: /まだ一覧を返して/ };
    const gave = lists.filter(({ record }) => record.tag?.startsWith('mode7-open') !== true);
    assert.ok(gave.length > 0 && gave.length < lists.length);
    for (const { name, record } of lists)
      for (const language of LANGUAGES)
        assert.equal(
          STILL[language].test(textsOf(record, probes).check[language]),
          gave.some((one) => one.record === record),
          `${name} ${language}`,
        );
    const loops = found.filter(({ record }) => record.tag?.includes('loop-risk') === true);
    assert.ok(loops.length > 5);
    for (const { name, record } of loops) {
      const { risk } = textsOf(record, probes);
      assert.match(risk.en, /can make the two answer each other/, name);
      assert.match(risk.ja, /際限なく応答し合うおそれがあります/, name);
    }
  });

  it('explain what dig prints of a closed port, and both time-outs of snmpget: one comes after an answer', () => {
    const ofDns = found.filter(({ record }) => record.protocol === 'dns');
    const ofV3 = found.filter(({ record }) => record.probe === 'snmp-v3-discovery');
    assert.ok(ofDns.length > 0 && ofV3.length > 0);
    for (const language of LANGUAGES) {
      for (const { name, record } of ofDns)
        assert.match(textsOf(record, probes).check[language], /connection refused/, name);
      for (const { name, record } of ofV3)
        assert.match(
          textsOf(record, probes).check[language],
          /Timeout: No Response.+(?:still answers|まだ応答).+snmpget: Timeout.+(?:no longer|止まって)/,
          name,
        );
    }
  });

  it('have no blank too many and none before a closing mark', () => {
    each((letter, { name }, language) => {
      for (const line of letter.split('\n')) {
        if (/^ {4}/.test(line)) continue;
        assert.doesNotMatch(
          line.trimStart().replace(/`[^`]*`/g, 'x'),
          / {2}| [),;:!?）、。]/,
          `${name} ${language}: ${line}`,
        );
      }
    });
  });

  it('have no English sentence in Japanese, and no Japanese in English', () => {
    // Commands, what tools print, and what the server says of itself stay as they are.
    const ownTexts = (letter: string): string =>
      letter
        .split('\n\n')
        .map((paragraph) =>
          paragraph
            .replace(/^ {4}.*$/gm, '')
            .replace(/^ {2}- (?:備考|ソフトウェア)：(?:.*\n {4})*.*$/gm, '')
            .replace(/「[^」]*」|`[^`]*`/g, ''),
        )
        .join('\n\n');
    const SENTENCE = /(?:\b[A-Za-z][a-z']+[ \n]+){3,}[A-Za-z][a-z']+/;
    each((letter, { name }, language) => {
      if (language === 'ja') assert.doesNotMatch(ownTexts(letter), SENTENCE, name);
      else {
        assert.match(ownTexts(letter), SENTENCE, 'it sees a sentence');
        assert.doesNotMatch(letter, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, name);
      }
    });
    for (const { name, record } of found) {
      const { ja = '' } = textsOf(record, probes).detail ?? {};
      assert.doesNotMatch(ja.replaceAll(/(?:sysDescr|応答の内容)：.*|「[^」]*」/g, ''), SENTENCE, name);
    }
  });

  it('tell in Japanese too what was found besides, with the same figures', () => {
    const figures = (text: string): readonly string[] => (text.match(/\d+/g) ?? []).sort();
    for (const { name, record } of found) {
      if (record.detail === undefined) continue;
      const { en = record.detail, ja = '' } = textsOf(record, probes).detail ?? {};
      assert.deepEqual(figures(ja), figures(en), `${name}: ${ja}`);
      assert.match(ja, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]|sysDescr/u, name);
    }
  });

  it('send with nc exactly the request that was answered, whatever the port', () => {
    const asked = found.filter(({ record }) => record.protocol === 'ntp');
    assert.ok(new Set(asked.map(({ record }) => record.request_size)).size > 1);
    for (const { name, record } of asked) {
      const moved = { ...record, probed_port: 10123 };
      const command = commandsIn(atHost(textsOf(moved, probes).check.en, moved)).at(-1) ?? '';
      const [, octal = '', , zeros = '0'] =
        /printf '([\\0-7]+)'(; head -c (\d+) \/dev\/zero; \})? \| nc -u -w 3 \S+ 10123 \| /.exec(command) ??
        [];
      const typed = [...octal.matchAll(/\\(\d{3})/g)].map(([, digits = '']) => parseInt(digits, 8));
      const sent = Buffer.concat([Uint8Array.from(typed), Buffer.alloc(Number(zeros))]);
      const asked = Buffer.from(requestOf(record));
      // The sequence number of mode 6 is a request's own: one command is for all hosts.
      if (record.probe === 'ntp-readvar') asked.writeUInt16BE(1, 2);
      assert.deepEqual(sent, asked, `${name}: ${command}`);
    }
  });

  it('name an IPv6 address as net-snmp and nmap take it', () => {
    const agents = letters.filter(
      ({ one: { record } }) => record.protocol === 'snmp' && record.ip.includes(':'),
    );
    assert.ok(agents.length > 0);
    for (const { letter, one } of agents) assert.match(letter, / udp6:\[2001:db8::10\]:161 /, one.name);
  });

  it('call twice as large only what is, and size an answer in datagrams', () => {
    const LARGER = { en: /at least twice as large/, ja: /2倍以上/ };
    for (const { name, record } of found)
      for (const language of LANGUAGES) {
        const { risk } = textsOf(record, probes);
        if (LARGER[language].test(risk[language])) assert.ok((record.wire_amplification ?? NaN) >= 2, name);
        assert.doesNotMatch(risk.en, /much larger/, name);
      }
    each((letter, { name, record }, language) => {
      const size = { en: `${record.packets} datagram`, ja: `${record.packets}データグラム` }[language];
      assert.ok(letter.replace(/\s+/g, ' ').includes(size), name);
    });
  });

  it('call no silence of a check a proof, and say when it means something', () => {
    each((letter, { name, record }, language) => {
      const check = textsOf(record, probes).check[language];
      assert.doesNotMatch(check, /it is fixed|対策は完了/, name);
      const caveat = { en: /No answer means something only while/, ja: /応答がないことに意味があるのは/ };
      assert.match(letter.replace(/\s+/g, language === 'en' ? ' ' : ''), caveat[language], name);
    });
  });

  it('mark the figures of a sweep alone, and both factors where they are lower bounds', () => {
    const { record } = found.find(({ record }) => record.protocol === 'chargen') ?? assert.fail();
    const swept = { ...record, basis: 'sweep', lower_bound: true } as const;
    assert.match(letterAbout(swept, 'en').replace(/\s+/g, ' '), /counted in the sweep only/);
    assert.match(
      letterAbout(swept, 'en').replace(/\s+/g, ' '),
      /Factor: at least \S+ [^;]+; on the wire at least /,
    );
    const japanese = letterAbout(swept, 'ja').replace(/\s+/g, '');
    assert.match(japanese, /一斉調査でのみ得られた値です/);
    assert.match(japanese, /回線上では[\d.]+倍以上/);
    assert.doesNotMatch(letterAbout(record, 'en'), /sweep only|at least \d/);
  });

  it('say of each fix what proves it, and of none more', () => {
    const { record } = found[0] ?? assert.fail();
    const PROOFS = {
      refused: { en: /refuses the request/, ja: /拒否するように/ },
      closed: { en: /reported closed/, ja: /ポートが閉じていること/ },
      answered: {
        en: /answers the same request without exposing anything/,
        ja: /問題となる内容がなくなりました/,
      },
      silent: { en: /no answer since/, ja: /以降、2回の調査で応答がありません/ },
    } as const;
    const named = Object.keys(PROOFS) as (keyof typeof PROOFS)[];
    for (const evidence of named)
      for (const language of LANGUAGES) {
        const letter = letterAbout(
          {
            ...record,
            status: 'fixed',
            status_evidence: evidence,
            silent_since: '2026-11-13T03:00:00Z',
            silent_runs: 2,
            exchanges: [],
          },
          language,
        ).replace(/\s+/g, language === 'en' ? ' ' : '');
        for (const other of named)
          assert.equal(
            PROOFS[other][language].test(letter),
            other === evidence,
            `${evidence} ${other} ${letter}`,
          );
      }
  });

  it('say of each host what was measured there, where another of its kind is otherwise', () => {
    const [first, second] = ['implementation-3', 'implementation-2'].map((form) =>
      found.find(({ record }) =>
        record.exchanges.some((one) => one.form === form && one.reported === true && record.packets > 1),
      ),
    );
    assert.ok(first && second);
    const others = [first.record, { ...second.record, ip: '192.0.2.11', probed_ip: '192.0.2.11' }];
    const letter = unwrapped(letterAbout(others, 'en'), 'en');
    // Entries of 72 bytes, and of 32 in the older implementation: the list that it can grow to is not the same.
    assert.match(
      letter,
      /\[NTP server answers monlist requests \(mode 7\); 192\.0\.2\.10\] One packet of 8 bytes/,
    );
    assert.match(letter, /up to 600 entries: 100 packets and 44,000 bytes/);
    assert.match(letter, /up to 600 entries: 40 packets and 19,520 bytes/);
    const agents = found.filter(
      ({ record: { probe, ip } }) => probe === 'snmp-v1-getnext' && !ip.includes(':'),
    );
    const [strong] = agents;
    assert.ok(strong);
    const weak = { ...strong.record, ip: '192.0.2.11', probed_ip: '192.0.2.11', wire_amplification: 1.5 };
    for (const language of LANGUAGES) {
      const both = unwrapped(letterAbout([strong.record, weak], language), language);
      for (const record of [strong.record, weak])
        assert.ok(both.includes(unwrapped(textsOf(record, probes).risk[language], language)), language);
    }
  });

  it('name in a remedy the port that is exposed, and no other', () => {
    for (const { name, record } of found) {
      const usual = String(record.probed_port);
      const moved = { ...record, port: 10999, probed_port: 10999 };
      for (const language of LANGUAGES) {
        const letter = letterAbout(moved, language).replace(/`[^`]*`/g, '');
        assert.doesNotMatch(letter, /\bPORT\b/, name);
        assert.doesNotMatch(
          unwrapped(letter, language),
          new RegExp(String.raw`(?:port|ポート) ?${usual}\b|\b${usual}/udp`),
          `${name} ${language}`,
        );
      }
    }
  });

  it('tell of a DNS answer from which size on it amplifies, by the rule of the severity', () => {
    for (const { name, record } of found.filter(({ record }) => record.probe === 'dns-any'))
      for (const language of LANGUAGES) {
        const check = textsOf(record, probes).check[language];
        const [, most = ''] = (language === 'en' ? /above (\d+)/ : /(?<!\d)(\d+)を超える/).exec(check) ?? [];
        const family = record.ip.includes(':') ? 6 : 4;
        const factorOf = (bytes: number): number =>
          trafficOf(bytes, family).wireBytes / trafficOf(record.request_size, family).wireBytes;
        assert.ok(factorOf(Number(most)) < 2 && factorOf(Number(most) + 1) >= 2, `${name}: ${check}`);
      }
  });

  it('say which reminder it is: of all alike, or of the one found most often', () => {
    const [one, other] = found.map(({ record }) => record);
    assert.ok(one && other);
    const known = (record: FindingRecord, times_seen: number, first_seen: string): FindingRecord => ({
      ...record,
      status: 'persisting',
      times_seen,
      first_seen,
      days_open: 7,
    });
    const alike = [
      known(one, 2, '2026-11-13T03:00:01Z'),
      known({ ...other, ip: '192.0.2.11' }, 2, '2026-11-13T03:00:09Z'),
    ];
    assert.match(
      unwrapped(letterAbout(alike, 'en'), 'en'),
      /They were first found on 2026-11-13; this is the 2nd scan that found them\./,
    );
    assert.match(unwrapped(letterAbout(alike, 'ja'), 'ja'), /いずれも2026-11-13に初めて検出し、今回が2回目/);
    const unlike = [known(one, 3, '2026-11-06T03:00:01Z'), ...alike.slice(1)];
    assert.match(
      unwrapped(letterAbout(unlike, 'en'), 'en'),
      /The one found most often was first found on 2026-11-06; this is the 3rd scan that found that one\./,
    );
    assert.match(unwrapped(letterAbout(unlike, 'ja'), 'ja'), /検出回数が最も多いものは、2026-11-06に/);
  });

  it('close with no more than was found, and name the zone of the times once', () => {
    const { record } = found[0] ?? assert.fail();
    for (const language of LANGUAGES) {
      const closing = unwrapped(
        letterAbout({ ...record, status: 'fixed', status_evidence: 'closed', exchanges: [] }, language),
        language,
      );
      assert.doesNotMatch(closing, /UTC ?[(（]UTC/);
      // It names what this scan found fixed; others may have been fixed before.
      assert.doesNotMatch(closing, /Earlier scans found an exposed/);
    }
  });

  it('never call closed what is only silent', () => {
    for (const { name, record } of found)
      for (const language of LANGUAGES) {
        const fixed = { ...record, status: 'fixed', last_seen: '2026-11-13T03:01:00Z' } as const;
        const CLOSED = {
          en: /no longer exposed|thank you/,
          ja: /解消されたことを確認しました|ありがとう/,
        }[language];
        const proved = letterAbout({ ...fixed, status_evidence: 'closed' }, language);
        assert.match(proved.replace(/\s+/g, language === 'en' ? ' ' : ''), CLOSED, name);
        const silent = letterAbout({ ...fixed, status_evidence: 'silent' }, language);
        assert.doesNotMatch(silent.replace(/\s+/g, language === 'en' ? ' ' : ''), CLOSED, name);
      }
  });
});

/** The query that dig sends for a command line of ours, by its manual and encoded by dns-packet. */
function asDigSends(command: string): Uint8Array {
  const texts = command.split(' ');
  assert.equal(texts[0], 'dig');
  const flags = new Set(texts.filter((word) => word.startsWith('+')));
  // Without these it would turn to TCP, or add a bit and an option that we do not send.
  for (const flag of ['+notcp', '+ignore', '+tries=1', '+noadflag']) assert.ok(flags.has(flag), command);
  const [type = '', name = ''] = texts.slice(1).filter((word) => !/^[+@-]|^\d+$/.test(word));
  const size = /\+bufsize=(\d+)/.exec(command)?.[1];
  assert.equal(flags.has('+noedns'), size === undefined, command);
  if (size !== undefined) assert.ok(flags.has('+nocookie'), command);
  return dnsPacket.encode({
    type: 'query',
    id: 0,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: type as 'A', name }],
    additionals:
      size === undefined
        ? []
        : [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: Number(size),
              flags: flags.has('+dnssec') ? dnsPacket.DNSSEC_OK : 0,
              options: [],
              extendedRcode: 0,
              ednsVersion: 0,
              flag_do: flags.has('+dnssec'),
            },
          ],
  });
}
