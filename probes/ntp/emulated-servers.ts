import type { EmulatedServer } from '../probe.js';
import { answerAs, XNTPD, XNTPD_OLD, type Client, type NtpServer } from './classic-ntpd.js';

const NTPD_4_2_6 = `version="ntpd 4.2.6p5 Fri Nov 20 21:33:06 UTC 2026 (1)",\r
processor="x86_64", system="Linux/6.18.44-fc-v669", leap=3, stratum=11,\r
precision=-23, rootdelay=0.000, rootdisp=7947.545, refid=127.127.1.0,\r
reftime=0xeeab3b24.3c6b41ae, clock=0xeeab3b27.7b36cc16, peer=54292,\r
tc=6, mintc=3, offset=0.000, frequency=0.000, sys_jitter=0.000,\r
clk_jitter=0.000, clk_wander=0.000\r
`;

const NTPD_4_2_8 = `version="ntpd 4.2.8p6 Fri Nov 20 22:00:15 UTC 2026 (1)",\r
processor="x86_64", system="Linux/6.18.44-fc-v669", leap=3, stratum=16,\r
precision=-24, rootdelay=0.000, rootdisp=0.015, refid=INIT,\r
reftime=0x00000000.00000000, clock=0xeeab4304.c085b6c2, peer=0, tc=3,\r
mintc=3, offset=0.000000, frequency=0.000, sys_jitter=0.000000,\r
clk_jitter=0.000, clk_wander=0.000\r
`;

const NTPSEC = `leap=3, stratum=16, precision=-24, rootdelay=0.000, rootdisp=0.030,\r
refid=INIT, reftime=0x00000000.00000000, tc=0, peer=0, offset=0.000000,\r
frequency=0.000000, sys_jitter=0.000000, clk_jitter=0.000060,\r
clock=0xeeab3a5e.0acaaab8, processor="x86_64",\r
system="Linux/6.18.44-fc-v669", version="ntpd ntpsec-1.2.2",\r
clk_wander=0.000000, mintc=0\r
`;

/** The three networks of RFC 5737, for the clients in the list: they exist nowhere. */
const DOCUMENTATION_NETWORKS = [
  [192, 0, 2],
  [198, 51, 100],
  [203, 0, 113],
] as const;

function clients(count: number): readonly Client[] {
  return Array.from({ length: count }, (_, i) => {
    const network = DOCUMENTATION_NETWORKS[Math.floor(i / 200) % 3] ?? DOCUMENTATION_NETWORKS[0];
    return { address: [...network, 1 + (i % 200)], asked: [203, 0, 113, 254] };
  });
}

const BOTH = [XNTPD, XNTPD_OLD];

/** Of all NTP probes: a server answers whichever asks. */
export const emulatedServers: readonly EmulatedServer[] = [
  emulated('ntpd-4.2.6-600-clients', 'ntpd 4.2.6p5 with a full list: 100 datagrams, 44,000 bytes', {
    clients: clients(600),
    mode7: BOTH,
    variables: NTPD_4_2_6,
  }),
  emulated(
    'ntpd-4.2.6-7-clients',
    'ntpd 4.2.6p5 that seven hosts have asked for the time: 2 datagrams, 520 bytes',
    { clients: clients(7), mode7: BOTH, variables: NTPD_4_2_6 },
  ),
  emulated('ntpd-4.2.6-nomonitor', 'ntpd 4.2.6p5 with `disable monitor`: no list, whatever clients come', {
    clients: [],
    mode7: BOTH,
    variables: NTPD_4_2_6,
  }),
  emulated('ntpd-4.2.8-mode7', 'ntpd 4.2.8p6 with `enable mode7`: monlist was removed there', {
    clients: [],
    mode7: BOTH,
    variables: NTPD_4_2_8,
  }),
  emulated(
    'xntpd-old-20-clients',
    'a daemon older than IPv6, by the layout of ntp_request.h: implementation 2 only, 2 datagrams',
    { clients: clients(20), mode7: [XNTPD_OLD] },
  ),
  emulated(
    'ntpd-refusing',
    'a daemon whose mode 7 has no monlist, as ntpd 4.2.6p5 answers codes it does not know: error 2',
    { clients: [], mode7: BOTH, withoutMonlist: true },
  ),
  emulated('ntpd-4.2.8', 'ntpd 4.2.8p6 as it comes: its variables, but no mode 7', {
    clients: [],
    variables: NTPD_4_2_8,
  }),
  emulated('ntpsec', 'ntpsec 1.2.2 with `unrestrict default noquery`: its variables, 360 bytes', {
    clients: [],
    variables: NTPSEC,
  }),
  emulated(
    'ntpd-noquery',
    'any ntpd with `restrict default noquery`, or chrony 4.3: the time, and nothing to modes 6 and 7',
    { clients: [] },
  ),
];

function emulated(name: string, about: string, server: NtpServer): EmulatedServer {
  return { name, about, reply: (request) => answerAs(server, request) };
}
