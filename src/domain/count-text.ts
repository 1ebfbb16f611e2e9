/**
 * `130,816`, all digits of the largest IPv6 network too: a count in a sentence or a drawing, with three decimals at most.
 * Tables that are compared with the CSV files have their digits. Not `toLocaleString`: the language data that it reads
 * stays in memory, 8 MB of it.
 */
export function countText(count: number): string {
  const digits = Number.isInteger(count) ? String(BigInt(count)) : String(Number(count.toFixed(3)));
  // All of IPv6 has 39 digits.
  return digits.replace(/\d(?=(?:\d{3}){1,12}(?!\d))/g, '$&,');
}
