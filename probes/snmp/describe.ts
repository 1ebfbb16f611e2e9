import type { Facts } from '../probe.js';

/** `3 d 04:05:06`. @param seconds whole. */
export function durationOf(seconds: number): string {
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return `${Math.floor(seconds / 86_400)} d ${clock}`;
}

/** `vendor: net-snmp (enterprise 8072)`, `vendor: enterprise 99999`, or nothing where no number was told. */
export function vendorOf({ vendor, vendor_id: number }: Facts): readonly string[] {
  if (number === undefined) return [];
  return [vendor === undefined ? `vendor: enterprise ${number}` : `vendor: ${vendor} (enterprise ${number})`];
}
