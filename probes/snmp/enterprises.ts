/** Whose product an agent is: 1.3.6.1.4.1.N of its sysObjectID, or the first octets of its engine id. */
export interface Enterprise {
  readonly vendor_id: number;
  /** Absent where the table below has no name. */
  readonly vendor?: string;
}

export function enterprise(number: number): Enterprise {
  const vendor = NAMES[number];
  return { vendor_id: number, ...(vendor !== undefined && { vendor }) };
}

/** Of a sysObjectID; undefined where that is not below 1.3.6.1.4.1. */
export function enterpriseOf(oid: string | undefined): Enterprise | undefined {
  const number = /^1\.3\.6\.1\.4\.1\.(\d+)(?:\.|$)/.exec(oid ?? '')?.[1];
  return number === undefined ? undefined : enterprise(Number(number));
}

/** Agents built on net-snmp that say so: net-snmp's own number, and that of its ancestor. */
export const NET_SNMP: ReadonlySet<unknown> = new Set([8072, 2021]);

/** Names as they stand in IANA's registry of private enterprise numbers, of makers of devices with an agent. */
const NAMES: Readonly<Record<number, string>> = {
  2: 'IBM',
  9: 'ciscoSystems',
  11: 'Hewlett-Packard',
  43: '3Com',
  63: 'Apple Computer, Inc.',
  94: 'Nokia',
  119: 'NEC Corporation',
  171: 'D-Link Systems, Inc.',
  193: 'Ericsson AB',
  207: 'Allied Telesis, Inc.',
  211: 'Fujitsu Limited',
  236: 'Samsung Electronics Co., LTD.',
  253: 'Xerox',
  259: 'ACCTON Technology',
  278: 'APRESIA Systems, Ltd.',
  311: 'Microsoft',
  318: 'American Power Conversion Corp.',
  343: 'Intel Corporation',
  367: 'RICOH Co. Ltd.',
  534: 'Eaton Corporation',
  641: 'Lexmark International',
  664: 'Adtran',
  674: 'Dell Inc.',
  789: 'Network Appliance Corporation',
  890: 'ZyXEL Communications Corp.',
  1182: 'Yamaha Corporation',
  1248: 'SEIKO EPSON CORPORATION',
  1271: 'Ciena Corporation',
  1588: 'Brocade Communications Systems, Inc.',
  1602: 'CANON Inc.',
  1916: 'Extreme Networks',
  1991: 'Brocade Communication Systems, Inc.',
  2011: 'HUAWEI Technology Co.,Ltd',
  2021: 'U.C. Davis, ECE Dept.',
  2356: 'LANCOM Systems',
  2435: 'Brother Industries, Ltd.',
  2620: 'Check Point Software Technologies Ltd',
  2636: 'Juniper Networks, Inc.',
  3224: 'NetScreen Technologies, Inc.',
  3375: 'F5 Labs, Inc.',
  3902: 'Zhongxing Telecom Co.,ltd.',
  3955: 'Linksys',
  4329: 'Siemens AG',
  4413: 'Broadcom Limited',
  4491: 'Cable Television Laboratories, Inc.',
  4526: 'Netgear',
  4881: 'Ruijie Networks Co., Ltd.',
  5624: 'Enterasys Networks',
  6027: 'Force10 Networks, Inc.',
  6486: 'Alcatel-Lucent Enterprise',
  6527: 'Nokia',
  6574: 'Synology Inc.',
  6876: 'VMware Inc.',
  6889: 'Avaya Communication',
  8072: 'net-snmp',
  8691: 'Moxa Technologies Co., Ltd.',
  8741: 'SonicWALL, Inc.',
  10642: 'Zebra Technologies Corporation',
  10876: 'Super Micro Computer Inc.',
  11863: 'TP-Link Systems Inc.',
  12356: 'Fortinet, Inc.',
  14179: 'Airespace, Inc',
  14823: 'Aruba, a Hewlett Packard Enterprise company',
  14988: 'MikroTik',
  17713: 'Cambium Networks Limited',
  18334: 'KONICA MINOLTA HOLDINGS, INC.',
  24681: 'QNAP SYSTEMS, INC',
  25053: 'Ruckus Wireless, Inc.',
  25461: 'PALO ALTO NETWORKS',
  25506: 'H3C',
  29671: 'Meraki Networks, Inc.',
  30065: 'Arista Networks, Inc.',
  35265: 'Eltex Enterprise, Ltd.',
  39165: 'Hikvision Digital Technology Co., Ltd.',
  41112: 'Ubiquiti Networks, Inc.',
};
