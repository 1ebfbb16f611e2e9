import { format } from 'd3-format';

/** `130,816`: a count in a sentence or a drawing. Tables that are compared with the CSV files have their digits. */
export const countText = format(',');
