import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { ProbeTexts, Texts } from '../probe.js';
import { isAmplifier, joined, reportedForm } from '../probe.js';
import { deviationTexts, durationTexts, vendorTexts } from './describe.js';

/** What an end customer does about an agent that answers a community, in whatever version. */
const remedy: Texts = {
  en: [
    'Let the agent listen on a management network only, and filter PORT/udp from outside at the edge.',
    'Net-SNMP (snmpd): `agentAddress udp:10.0.0.1:161` with an inside address, and `rocommunity SECRET 10.0.0.0/8` with a community of your own and the management network; delete `public` and `private`.',
    'Windows: remove the SNMP service, or admit your management hosts only ("Accept SNMP packets from these hosts") with a community of your own.',
    'Routers, switches, printers, modems: put an access list on SNMP, change the default communities, or switch SNMP off where it is not used.',
    'Better: use SNMPv3 with authentication and encryption, and switch v1 and v2c off.',
    'Drop packets with forged source addresses that leave your network (BCP 38).',
  ].join('\n'),
  ja: [
    'エージェントは管理用ネットワークでのみ待ち受け、外部からのPORT/udpはネットワーク境界で遮断してください。',
    'Net-SNMP（snmpd）：`agentAddress udp:10.0.0.1:161` のように内部アドレスを指定し、`rocommunity SECRET 10.0.0.0/8` のように独自のコミュニティ名と管理用ネットワークに限定します。`public` と `private` は削除します。',
    'Windows：SNMPサービスを削除するか、独自のコミュニティ名を設定し、「これらのホストからSNMPパケットを受け付ける」で管理用ホストに限定します。',
    'ルーター、スイッチ、プリンター、モデム：SNMPにアクセスリストを設定し、初期設定のコミュニティ名を変更します。使っていない場合はSNMPを無効にします。',
    '可能であれば認証と暗号化を有効にしたSNMPv3に移行し、v1とv2cを無効にしてください。',
    'あわせて、送信元を詐称したパケットが自網から出ないようにしてください（BCP 38）。',
  ].join('\n'),
};

const READABLE: Texts = {
  en: 'Whoever knows the community can read what the agent shows of the device: as a rule its software, interfaces and neighbours. Where the community may also write, they can change its configuration.',
  ja: 'コミュニティ名を知る人は、エージェントが公開する情報（通常は、ソフトウェア、インターフェース、隣接機器など）を読み取ることができます。書き込み可能なコミュニティの場合は、設定を変更される危険もあります。',
};

const BOTH: Texts = {
  en: 'If it answers v2c too, that has to be closed as well.',
  ja: 'v2cにも応答する場合は、両方のバージョンを閉じる必要があります。',
};

/** The name of a form: `getbulk-50 public`, `v1-getnext public`, `v1-getnext-10 public`. */
const FORM = /^(?<v1>v1-)?(?<question>getbulk|getnext)(?:-(?<count>\d+))? (?<community>.+)$/;
const MIB_2 = '1.3.6.1.2.1';

/**
 * The command of net-snmp that sends the question of a form. Its tools ask no GetBulk inside v1: there the GetNext with
 * which an agent is found takes its place.
 */
function snmpCommand(form: string): string | undefined {
  const { v1, question, count = '1', community = '' } = FORM.exec(form)?.groups ?? {};
  if (question === undefined) return undefined;
  const isBulk = question === 'getbulk' && v1 === undefined;
  const oids = Array<string>(question === 'getnext' ? Number(count) : 1).fill(MIB_2);
  const tool = isBulk ? 'snmpbulkget -v2c' : `snmpgetnext -${v1 === undefined ? 'v2c' : 'v1'}`;
  // A community in quotes of the shell, for it may hold anything.
  const quoted = /^[\w.-]+$/.test(community) ? community : `'${community.replaceAll("'", "'\\''")}'`;
  return `${tool} -c ${quoted} -r 0 ${isBulk ? `-Cr${count} ` : ''}ADDRESS:PORT ${oids.join(' ')}`;
}

function checkWith(command: string, before: Texts = { en: '', ja: '' }): Texts {
  return {
    en: `${before.en}If names and values come back, the agent still answers. "Timeout", twice in a row, means that it no longer answers; "Error in packet", that it answers without showing these values. Try any other communities that you use as well:\n    ${command}`,
    ja: `${before.ja}名前と値が返ってきた場合は、まだ応答しています。2回続けて「Timeout」と表示された場合は、応答は止まっています。「Error in packet」と表示された場合は、応答していますが、これらの値は返していません。実際にお使いのほかのコミュニティ名でもお試しください。\n    ${command}`,
  };
}

/** Where the check cannot ask what the row shows, but what the agent was found by. */
const FOUND_BY_THIS: Texts = {
  en: 'The tools of Net-SNMP do not send the request that brought the answer above (GetBulk in SNMPv1). The agent answered this one too. ',
  ja: '上記の応答を得た要求（SNMPv1でのGetBulk）は、Net-SNMPのツールでは送れません。次の要求にも応答がありました。',
};

/** The question that was answered, and texts for an agent that hardly amplifies. */
export function agentTextsFor(finding: FindingRecord): Partial<ProbeTexts> {
  const form = reportedForm(finding);
  const command = form === undefined ? undefined : snmpCommand(form);
  const isSubstitute = form?.startsWith('v1-getbulk') === true;
  return {
    ...(command !== undefined && { check: checkWith(command, isSubstitute ? FOUND_BY_THIS : undefined) }),
    ...(!isAmplifier(finding) && {
      risk: {
        en: `This device answers anyone who knows its community. ${READABLE.en}`,
        ja: `この機器は、コミュニティ名を知る誰にでも応答します。${READABLE.ja}`,
      },
    }),
    ...(form !== undefined && command !== undefined && { detail: joined(agentTexts(finding, form)) }),
  };
}

/** What the device says of itself, by which community, and to what it answered most. */
function agentTexts({ facts = {}, exchanges }: FindingRecord, form: string): readonly Texts[] {
  const { sysdesc, sysname, uptime, deviation } = facts;
  const communities = exchanges
    .filter(
      ({ purpose, datagrams, refusal }) => purpose === 'measure' && datagrams > 0 && refusal === undefined,
    )
    .flatMap((exchange) => FORM.exec(exchange.form)?.groups?.['community'] ?? []);
  const named = [...new Set(communities)].join(', ');
  return [
    ...(named === '' ? [] : [{ en: `community: ${named}`, ja: `コミュニティ名：${named}` }]),
    { en: `highest factor: ${form}`, ja: `増幅率が最も高かった要求：${form}` },
    ...(deviation === undefined ? [] : deviationTexts(String(deviation))),
    ...(typeof uptime === 'number' ? [durationTexts(uptime)] : []),
    ...vendorTexts(facts),
    // Last, for the end may be cut off: it is the device's own text.
    ...(sysname === undefined ? [] : [{ en: `sysName: ${sysname}`, ja: `sysName：${sysname}` }]),
    ...(sysdesc === undefined ? [] : [{ en: `sysDescr: ${sysdesc}`, ja: `sysDescr：${sysdesc}` }]),
  ];
}

/** What an end customer may read about an SNMP agent that answers strangers. */
export const getBulkTexts: ProbeTexts = {
  title: {
    en: 'SNMP agent that answers anyone who knows its community',
    ja: 'コミュニティ名だけで誰にでも応答するSNMPエージェント',
  },
  risk: {
    en: `One small request with a forged source address makes this device send a victim an answer at least twice as large on the wire. ${READABLE.en}`,
    ja: `送信元を詐称した小さな要求1つで、回線上で2倍以上の大きさの応答が第三者に送りつけられ、DDoS攻撃に悪用されるおそれがあります。${READABLE.ja}`,
  },
  remedy,
  check: checkWith(snmpCommand('getbulk-10 public') ?? ''),
};

/** The same agent, or another, in the first version of the protocol. */
export const v1Texts: ProbeTexts = {
  title: {
    en: 'SNMPv1 agent that answers anyone who knows its community',
    ja: 'コミュニティ名だけで誰にでも応答するSNMPv1エージェント',
  },
  risk: {
    en: `This agent answers strangers in SNMPv1, the oldest version of the protocol: requests with a forged source address make it send a victim answers at least twice as large on the wire. ${READABLE.en} ${BOTH.en}`,
    ja: `SNMPの最も古いバージョン（SNMPv1）の要求に、外部の誰にでも応答します。送信元を詐称した要求によって、回線上で2倍以上の大きさの応答が第三者に送りつけられるおそれがあります。${READABLE.ja}${BOTH.ja}`,
  },
  remedy,
  check: checkWith(snmpCommand('v1-getnext public') ?? ''),
};

export const v3Texts: ProbeTexts = {
  title: {
    en: 'SNMPv3 engine that tells strangers its identity',
    ja: '識別情報を誰にでも返すSNMPv3エンジン',
  },
  risk: {
    en: 'Without any user or password the device answers with its engine id, which as a rule names the maker of its software and may hold its MAC or IP address, and with how long the agent has been running. That helps strangers to recognise the device and to see missed updates, and shows that strangers reach its management interface, where weak passwords can be guessed.',
    ja: 'ユーザー名やパスワードがなくても、機器がエンジンIDと起動からの経過時間を返します。エンジンIDからは通常ソフトウェアの製造元が分かり、MACアドレスやIPアドレスが含まれることもあります。機器の特定や更新漏れの発見に利用されるほか、管理インターフェースに部外者が到達できることも分かります。弱いパスワードは推測されるおそれがあります。',
  },
  remedy: {
    en: [
      'The protocol needs this answer, so it cannot be switched off by itself: filter PORT/udp from outside at the edge, and let the agent listen on a management network only.',
      'Net-SNMP (snmpd): `agentAddress udp:10.0.0.1:161` with an inside address. Routers, switches, printers: put an access list on SNMP, or switch it off where it is not used.',
      'Where SNMPv3 is used, let every user have authentication and encryption (authPriv) and long passwords.',
    ].join('\n'),
    ja: [
      'この応答はプロトコル上必要なもので、単独では無効にできません。外部からのPORT/udpをネットワーク境界で遮断し、エージェントは管理用ネットワークでのみ待ち受けてください。',
      'Net-SNMP（snmpd）：`agentAddress udp:10.0.0.1:161` のように内部アドレスを指定します。ルーター、スイッチ、プリンター：SNMPにアクセスリストを設定し、使っていない場合はSNMPを無効にします。',
      'SNMPv3を使う場合は、すべてのユーザーに認証と暗号化（authPriv）および長いパスワードを設定してください。',
    ].join('\n'),
  },
  check: {
    en: 'If "Unknown user name" comes back, the engine still answers. "Timeout: No Response" means that it told its identity and nothing more: it still answers too. "snmpget: Timeout", twice in a row, means that it no longer answers:\n    snmpget -v3 -u nobody -l noAuthNoPriv -r 0 ADDRESS:PORT 1.3.6.1.2.1.1.1.0',
    ja: '「Unknown user name」と表示された場合は、まだ応答しています。「Timeout: No Response」と表示された場合も、識別情報は返しているため、まだ応答しています。2回続けて「snmpget: Timeout」と表示された場合は、応答は止まっています。\n    snmpget -v3 -u nobody -l noAuthNoPriv -r 0 ADDRESS:PORT 1.3.6.1.2.1.1.1.0',
  },
};

/** The identity of an engine. */
export function v3TextsFor({ facts = {} }: FindingRecord): Partial<ProbeTexts> {
  const { engine_id: id, engine_id_format: format, engine_boots: boots, uptime } = facts;
  if (typeof uptime !== 'number') return {};
  return {
    detail: joined([
      ...vendorTexts(facts),
      {
        en: `engine id: ${id ?? 'not shown'} (format ${format})`,
        ja: `エンジンID：${id ?? '非表示'}（形式：${format}）`,
      },
      { en: `boots: ${boots}`, ja: `起動回数：${boots}` },
      durationTexts(uptime),
    ]),
  };
}
