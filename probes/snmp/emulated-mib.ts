import { BER, berElement, berInteger, berOid } from '../wire/ber.js';
import { SNMP_TYPE } from './message.js';

/** One object of a lab agent: its name, and its value as it goes on the wire. */
export interface MibObject {
  readonly oid: string;
  readonly value: Uint8Array;
}

/**
 * What snmpd 5.9 shows of a small machine with one interface besides loopback, from the top of MIB-2 on: the same
 * objects in the same lengths as captured, with names and addresses of the lab.
 */
export function stockMib(): readonly MibObject[] {
  return [...systemGroup(), ...interfaces(), ...addressTranslation(), ...ip()];
}

/** What Debian's `systemonly` view leaves of it: the system group and hrSystem. */
export function systemOnlyMib(): readonly MibObject[] {
  return [...systemGroup(), ...hostSystem()];
}

/** The system group of an old printer; the maker's number is the one for documentation (RFC 5612). */
export function printerMib(): readonly MibObject[] {
  return [
    object('1.1.0', octets('Laser printer with Ethernet, firmware V.28.22, 08/09/2006')),
    object('1.2.0', berOid('1.3.6.1.4.1.32473.1')),
    object('1.3.0', berInteger(248_153_900, SNMP_TYPE.timeTicks)),
    object('1.4.0', octets('')),
    object('1.5.0', octets('printer')),
    object('1.6.0', octets('lab')),
    object('1.7.0', berInteger(72)),
  ];
}

const MIB_2 = '1.3.6.1.2.1';

function systemGroup(): readonly MibObject[] {
  return [
    object('1.1.0', octets('Linux lab 6.1.0-99-amd64 #1 SMP PREEMPT_DYNAMIC x86_64 ..')),
    object('1.2.0', berOid('1.3.6.1.4.1.8072.3.2.10')),
    object('1.3.0', berInteger(5858, SNMP_TYPE.timeTicks)),
    object('1.4.0', octets('root@localhost')),
    object('1.5.0', octets('r1')),
    object('1.6.0', octets('lab')),
    object('1.8.0', berInteger(0, SNMP_TYPE.timeTicks)),
    ...MODULES.map(([oid], i) => object(`1.9.1.2.${i + 1}`, berOid(oid))),
    ...MODULES.map(([, description], i) => object(`1.9.1.3.${i + 1}`, octets(description))),
    ...MODULES.map((_, i) => object(`1.9.1.4.${i + 1}`, berInteger(0, SNMP_TYPE.timeTicks))),
  ];
}

/** sysORTable: the modules that snmpd says it implements, in its words. */
const MODULES: readonly (readonly [oid: string, description: string])[] = [
  ['1.3.6.1.6.3.10.3.1.1', 'The SNMP Management Architecture MIB.'],
  ['1.3.6.1.6.3.11.3.1.1', 'The MIB for Message Processing and Dispatching.'],
  ['1.3.6.1.6.3.15.2.1.1', 'The management information definitions for the SNMP User-based Security Model.'],
  ['1.3.6.1.6.3.1', 'The MIB module for SNMPv2 entities'],
  ['1.3.6.1.6.3.16.2.2.1', 'View-based Access Control Model for SNMP.'],
  ['1.3.6.1.2.1.49', 'The MIB module for managing TCP implementations'],
  ['1.3.6.1.2.1.50', 'The MIB module for managing UDP implementations'],
  ['1.3.6.1.2.1.4', 'The MIB module for managing IP and ICMP implementations'],
  ['1.3.6.1.6.3.13.3.1.3', 'The MIB modules for managing SNMP Notification, plus filtering.'],
  ['1.3.6.1.2.1.92', 'The MIB module for logging SNMP Notifications.'],
];

function interfaces(): readonly MibObject[] {
  const counter = (column: number, lo: number, eth0: number): MibObject[] =>
    row(column, berInteger(lo, SNMP_TYPE.counter32), berInteger(eth0, SNMP_TYPE.counter32));
  const unused = (column: number): MibObject[] => counter(column, 0, 0);
  const row = (column: number, lo: Uint8Array, eth0: Uint8Array): MibObject[] => [
    object(`2.2.1.${column}.1`, lo),
    object(`2.2.1.${column}.2`, eth0),
  ];
  const zeroTicks = berInteger(0, SNMP_TYPE.timeTicks);
  const emptyQueue = berInteger(0, SNMP_TYPE.gauge32);
  return [
    object('2.1.0', berInteger(2)),
    ...row(1, berInteger(1), berInteger(2)), //                                ifIndex
    ...row(2, octets('lo'), octets('en0')), //                                 ifDescr
    ...row(3, berInteger(24), berInteger(6)), //                               ifType
    ...row(4, berInteger(65_536), berInteger(1500)), //                        ifMtu
    ...row(
      5, //                                                                    ifSpeed
      berInteger(10_000_000, SNMP_TYPE.gauge32),
      berInteger(0xffff_ffff, SNMP_TYPE.gauge32),
    ),
    ...row(6, octets(''), berElement(BER.octetString, MAC)), //                ifPhysAddress
    ...row(7, berInteger(1), berInteger(1)), //                                ifAdminStatus
    ...row(8, berInteger(1), berInteger(1)), //                                ifOperStatus
    ...row(9, zeroTicks, zeroTicks), //                                        ifLastChange
    ...counter(10, 105_400, 33_582), //                                        ifInOctets
    ...counter(11, 197, 438), //                                               ifInUcastPkts
    ...[12, 13, 14, 15].flatMap(unused),
    ...counter(16, 105_400, 293_045), //                                       ifOutOctets
    ...counter(17, 197, 554), //                                               ifOutUcastPkts
    ...[18, 19, 20].flatMap(unused),
    ...row(21, emptyQueue, emptyQueue), //                                     ifOutQLen
    ...row(22, berOid('0.0'), berOid('0.0')), //                               ifSpecific
  ];
}

/** RFC 7042 §2.1.2: addresses for documentation. */
const MAC = Uint8Array.of(0x00, 0x00, 0x5e, 0x00, 0x53, 0x01);

/** One neighbour. A documentation address would need longer sub-identifiers than the captured one. */
function addressTranslation(): readonly MibObject[] {
  return [
    object('3.1.1.1.2.1.10.0.0.2', berInteger(2)),
    object('3.1.1.2.2.1.10.0.0.2', berElement(BER.octetString, MAC)),
    object('3.1.1.3.2.1.10.0.0.2', berElement(SNMP_TYPE.ipAddress, Uint8Array.of(10, 0, 0, 2))),
  ];
}

function ip(): readonly MibObject[] {
  const counters = [613, 0, 0, 0, 0, 0, 613, 602, 0, 317];
  return [
    object('4.1.0', berInteger(2)),
    object('4.2.0', berInteger(64)),
    ...counters.map((count, i) => object(`4.${i + 3}.0`, berInteger(count, SNMP_TYPE.counter32))),
    object('4.13.0', berInteger(0)),
    object('4.14.0', berInteger(0, SNMP_TYPE.counter32)),
    object('4.15.0', berInteger(0, SNMP_TYPE.counter32)),
    object('4.16.0', berInteger(0, SNMP_TYPE.counter32)),
  ];
}

function hostSystem(): readonly MibObject[] {
  return [
    object('25.1.1.0', berInteger(589_300, SNMP_TYPE.timeTicks)),
    // 2026-11-20, 12:00:00.0, +0:00 (DateAndTime, RFC 2579).
    object(
      '25.1.2.0',
      berElement(BER.octetString, Uint8Array.of(0x07, 0xea, 11, 20, 12, 0, 0, 0, 0x2b, 0, 0)),
    ),
    object('25.1.3.0', berInteger(393_216)),
    object('25.1.4.0', octets(KERNEL_COMMAND_LINE)),
    object('25.1.5.0', berInteger(0, SNMP_TYPE.gauge32)),
    object('25.1.6.0', berInteger(61, SNMP_TYPE.gauge32)),
    object('25.1.7.0', berInteger(0)),
  ];
}

/** hrSystemInitialLoadParameters: every machine has another; this length brings the whole to the measured 1,546. */
const KERNEL_COMMAND_LINE =
  'BOOT_IMAGE=/boot/vmlinuz-6.1.0-99-amd64 root=/dev/vda1 ro quiet net.ifnames=0 biosdevname=0 console=tty0 console=ttyS0,9600';

function object(suffix: string, value: Uint8Array): MibObject {
  return { oid: `${MIB_2}.${suffix}`, value };
}

function octets(characters: string): Uint8Array {
  return berElement(BER.octetString, new TextEncoder().encode(characters));
}
