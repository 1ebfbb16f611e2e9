import { format } from 'd3-format';

/** `130,816`, all digits of the largest IPv6 network too: a count in a sentence or a drawing. Tables that are compared with the CSV files have their digits. */
export const countText = format(',d');
