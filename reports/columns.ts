import type { FindingColumns, FindingRecord } from '../src/domain/finding-record.js';
import { decimalText, FACTOR_DECIMALS, integerText, RTT_DECIMALS } from './format.js';

/** How a cell is written: `word` is one of a documented set, `list` several of them with `;` between. */
export type ColumnType =
  'address' | 'decimal' | 'flag' | 'integer' | 'list' | 'prefix' | 'text' | 'time' | 'word';

/** One column of a CSV file. */
export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: ColumnType;
  readonly unit?: string;
  /** Exactly so many decimals, for type `decimal`. */
  readonly decimals?: number;
  /** The first version that has it. */
  readonly since: string;
  /**
   * Text from outside: a server, a registry or a customer: guarded against being read as a formula, and
   * as the end of its cell.
   */
  readonly remote?: true;
  readonly about: string;
}

/**
 * The native columns, a row each. The order is frozen and new ones are only appended: readers that go by place
 * (IntelMQ's generic CSV parser) must not notice. docs/report-format.md says the same, held by a test.
 */
export const columns = [
  {
    name: 'timestamp',
    type: 'time',
    since: '0.1.0',
    about: 'when the request of the reported exchange left',
  },
  {
    name: 'report',
    type: 'word',
    since: '0.1.0',
    about: 'the published report type that means the same, or our own x_…',
  },
  { name: 'severity', type: 'word', since: '0.1.0', about: 'critical, high, medium, low or info' },
  {
    name: 'status',
    type: 'word',
    since: '0.1.0',
    about: 'new, persisting, reopened, fixed or unknown, against the runs before',
  },
  { name: 'ip', type: 'address', since: '0.1.0', about: 'the exposed host, always inside the scope' },
  { name: 'port', type: 'integer', since: '0.1.0', about: 'the port that sent the answer' },
  { name: 'transport', type: 'word', since: '0.1.0', about: 'udp' },
  { name: 'protocol', type: 'word', since: '0.1.0', about: 'the protocol of the probe: ntp' },
  { name: 'probe', type: 'word', since: '0.1.0', about: 'the question that was asked: ntp-monlist' },
  { name: 'probed_ip', type: 'address', since: '0.1.0', about: 'the address that was asked' },
  { name: 'probed_port', type: 'integer', since: '0.1.0', about: 'the port that was asked' },
  {
    name: 'hostname',
    type: 'text',
    since: '0.1.0',
    remote: true,
    about: 'empty in this version: nothing is looked up',
  },
  {
    name: 'asn',
    type: 'integer',
    since: '0.1.0',
    about: 'the AS that originates the address: the first where there are several',
  },
  { name: 'as_name', type: 'text', since: '0.1.0', remote: true, about: 'the name of that AS' },
  {
    name: 'prefix',
    type: 'prefix',
    since: '0.1.0',
    about: 'the match that gave the AS, otherwise the network of the scope',
  },
  {
    name: 'customer',
    type: 'text',
    since: '0.1.0',
    remote: true,
    about: 'whose it is, in the words of the scope or the operator map',
  },
  {
    name: 'request_size',
    type: 'integer',
    unit: 'bytes',
    since: '0.1.0',
    about: 'UDP payload of the request',
  },
  {
    name: 'request_packets',
    type: 'integer',
    unit: 'datagrams',
    since: '0.1.0',
    about: 'datagrams that were sent for this answer',
  },
  {
    name: 'response_size',
    type: 'integer',
    unit: 'bytes',
    since: '0.1.0',
    about: 'UDP payload of all datagrams that came back',
  },
  {
    name: 'packets',
    type: 'integer',
    unit: 'datagrams',
    since: '0.1.0',
    about: 'datagrams that came back, duplicates counted',
  },
  {
    name: 'amplification',
    type: 'decimal',
    decimals: FACTOR_DECIMALS,
    unit: 'ratio',
    since: '0.1.0',
    about: 'response_size / request_size (BAF)',
  },
  {
    name: 'packet_amplification',
    type: 'decimal',
    decimals: FACTOR_DECIMALS,
    unit: 'ratio',
    since: '0.1.0',
    about: 'IP packets received / IP packets sent, fragments counted (PAF)',
  },
  {
    name: 'wire_amplification',
    type: 'decimal',
    decimals: FACTOR_DECIMALS,
    unit: 'ratio',
    since: '0.1.0',
    about: 'bytes of Ethernet frames received / sent',
  },
  {
    name: 'lower_bound',
    type: 'flag',
    since: '0.1.0',
    about: 'true where a cap or a loss made the figures too small',
  },
  {
    name: 'basis',
    type: 'word',
    since: '0.1.0',
    about: 'measurement, or sweep where the host answered the sweep only',
  },
  {
    name: 'rtt_ms',
    type: 'decimal',
    decimals: RTT_DECIMALS,
    unit: 'milliseconds',
    since: '0.1.0',
    about: 'from the request to the first datagram',
  },
  { name: 'first_seen', type: 'time', since: '0.1.0', about: 'when the first of all runs saw it' },
  { name: 'last_seen', type: 'time', since: '0.1.0', about: 'when the last run that saw it did' },
  { name: 'times_seen', type: 'integer', unit: 'runs', since: '0.1.0', about: 'runs that saw it' },
  {
    name: 'days_open',
    type: 'integer',
    unit: 'days',
    since: '0.1.0',
    about: 'since it was first seen, or seen again after a fix',
  },
  {
    name: 'tag',
    type: 'list',
    since: '0.1.0',
    about: 'what was found, heaviest first, then what to know of the figures',
  },
  { name: 'version', type: 'text', since: '0.1.0', remote: true, about: 'what the software calls itself' },
  { name: 'detail', type: 'text', since: '0.1.0', remote: true, about: 'what else a person needs to know' },
  { name: 'remediation_url', type: 'text', since: '0.1.0', about: 'empty in this version' },
  { name: 'scan_id', type: 'text', since: '0.1.0', about: 'the run: the name of its directory' },
  { name: 'finding_id', type: 'text', since: '0.1.0', about: 'the same for the same exposure in every run' },
] as const satisfies readonly Column<keyof FindingColumns>[];

/** A finding's cells in the order of the columns. */
export function findingCells(record: FindingRecord): string[] {
  return columns.map((column) => cellText(column, record[column.name]));
}

/**
 * One value as a cell shows it; unknown is empty.
 * @throws RangeError where a number is no figure, TypeError where a value is not of its column's type.
 */
export function cellText(column: Column, value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  switch (column.type) {
    case 'integer':
      return integerText(numberIn(column, value));
    case 'decimal':
      return decimalText(numberIn(column, value), column.decimals ?? 0);
    case 'flag':
      return value === true ? 'true' : '';
    default:
      if (typeof value !== 'string') throw new TypeError(`column ${column.name} holds text: ${value}`);
      return value;
  }
}

function numberIn(column: Column, value: string | number | boolean): number {
  if (typeof value !== 'number') throw new TypeError(`column ${column.name} holds numbers: ${value}`);
  return value;
}
