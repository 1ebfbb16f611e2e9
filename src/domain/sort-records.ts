import type { Address } from './address.js';
import { compareAddresses, parseAddress } from './address.js';
import type { FindingRecord } from './finding-record.js';

/** Sorted as every file is: AS number (unknown first), numeric address, probe; then by what was probed. */
export function sortRecords(records: readonly FindingRecord[]): FindingRecord[] {
  const keyed = records.map((record) => ({
    record,
    ip: addressOf(record.ip),
    probed: addressOf(record.probed_ip),
  }));
  keyed.sort(
    (a, b) =>
      (a.record.asn ?? 0) - (b.record.asn ?? 0) ||
      compareAddresses(a.ip, b.ip) ||
      compareText(a.record.probe, b.record.probe) ||
      a.record.probed_port - b.record.probed_port ||
      compareAddresses(a.probed, b.probed),
  );
  return keyed.map(({ record }) => record);
}

/** By code unit: the same order on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws RangeError when the record was not made by us: a reader of records from outside checks them first. */
function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`no address in a finding: ${text}`);
  return address;
}
