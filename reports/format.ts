/**
 * The only place where figures are rounded. Factors have two decimals, times of an answer one, in JSON as in
 * CSV; everything else is a whole number of something and stays as it was counted.
 */
export const FACTOR_DECIMALS = 2;
export const RTT_DECIMALS = 1;

/** A number of at most this many decimals. Undefined where there is no figure: 0/0, or a request of no bytes. */
export function rounded(value: number | undefined, decimals: number): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toFixed(decimals));
}

/** `5500.00`: exactly this many decimals and a point. @throws RangeError for what is no figure. */
export function decimalText(value: number, decimals: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`no figure: ${value}`);
  return value.toFixed(decimals);
}

/** `1 byte`, `8 bytes`. */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `44000`. @throws RangeError for anything but a whole number. */
export function integerText(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no whole number: ${value}`);
  return String(value);
}

/** ISO 8601 UTC with milliseconds: `2026-11-20T03:00:00.125Z`. */
export function preciseTime(instant: number): string {
  return new Date(instant).toISOString();
}
