/** `quiet_gap` is the key of ampscope.yaml, `--quiet-gap` the flag, `AMPSCOPE_QUIET_GAP` the environment variable. */
export const flagOf = (key: string): string => key.replaceAll('_', '-');
export const keyOf = (flag: string): string => flag.replaceAll('-', '_');
export const variableOf = (key: string): string => `AMPSCOPE_${key.toUpperCase()}`;
