import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'openarena-0.8.8',
    about:
      'OpenArena 0.8.8 on ioquake3 1.36 of Debian 12, without players: 821 bytes to getstatus, 162 to getinfo',
    reply: (request) => answer(request, { getstatus: OPENARENA_STATUS, getinfo: OPENARENA_INFO }),
  },
  {
    name: 'nexuiz-2.5.2',
    about: 'Nexuiz 2.5.2 on DarkPlaces of Debian 12, without players: both answers are nearly alike',
    reply: (request) => answer(request, { getstatus: `${NEXUIZ}\n`, getinfo: NEXUIZ }),
  },
  {
    name: 'quake3-one-limit',
    about: 'a server whose one limit for both questions the first of them has used up: getinfo stays silent',
    reply: (request) => answer(request, { getstatus: `${NEXUIZ}\n` }),
  },
  {
    name: 'quake3-off',
    about: 'no game server, or one behind a filter of its players: silence',
    reply: () => [],
  },
];

const WORDS: Readonly<Record<string, string>> = { getstatus: 'statusResponse', getinfo: 'infoResponse' };

function answer(request: Uint8Array, bodies: Readonly<Record<string, string>>): readonly Uint8Array[] {
  const text = Buffer.from(request).toString('latin1');
  const question = text.startsWith('\xff\xff\xff\xff') ? text.slice(4) : '';
  if (!Object.hasOwn(bodies, question)) return [];
  return [Uint8Array.from(Buffer.from(`\xff\xff\xff\xff${WORDS[question]}\n${bodies[question]}`, 'latin1'))];
}

const OPENARENA_STATUS = `${variables(`
com_protocol 71
sv_hostname lab
version ioq3 1.36+u20221123.70d07d9+dfsg-1/Debian linux-x86_64 Jan  8 2023
com_gamename Quake3Arena
dmflags 0
fraglimit 20
timelimit 0
g_gametype 0
mapname oa_dm1
sv_privateClients 0
sv_maxclients 8
sv_minRate 0
sv_maxRate 0
sv_dlRate 100
sv_minPing 0
sv_maxPing 0
sv_floodProtect 1
sv_allowDownload 0
bot_minplayers 0
gamename baseoa
g_maxGameClients 0
videoflags 7
elimflags 0
voteflags 767
capturelimit 8
g_doWarmup 0
g_needpass 0
g_allowVote 1
g_voteGametypes /0/1/3/4/5/6/7/8/9/10/11/12/
g_voteMaxTimelimit 1000
g_voteMinTimelimit 0
g_voteMaxFraglimit 0
g_voteMinFraglimit 0
g_obeliskRespawnDelay 10
g_enableDust 0
g_enableBreath 0
g_delagHitscan 0
elimination_roundtime 120
g_rockets 0
g_instantgib 0
g_lms_mode 0
g_altExcellent 0
g_timestamp 2026-11-20 22:05:04
`)}\n`;

const OPENARENA_INFO = variables(`
voip opus
g_needpass 0
pure 1
gametype 0
sv_maxclients 8
g_humanplayers 0
clients 0
mapname oa_dm1
hostname lab
protocol 71
gamename Quake3Arena
`);

const NEXUIZ = variables(`
gamename Nexuiz
modname data
gameversion 20000
sv_maxclients 8
clients 0
bots 0
mapname runningman_1on1remix
hostname Nexuiz 2.5.2 Server
protocol 3
qcstatus dm:2.5.2::score!!
`);

/** `\\name\\value` for each line. */
function variables(lines: string): string {
  return lines
    .trim()
    .split('\n')
    .map((line) => `\\${line.replace(' ', '\\')}`)
    .join('');
}
