import type { Texts } from '../probe.js';

/** What it means that dig shows a refusal, or nothing. */
export const CLOSED: Texts = {
  en: 'Status REFUSED means that the server now refuses strangers; "connection refused", or "timed out" twice in a row, that it no longer answers them.',
  ja: 'status が REFUSED の場合は、外部からの問い合わせを拒否するようになっています。「connection refused」と表示された場合、または2回続けてタイムアウトした場合は、応答が止まっています。',
};

/** The name of a form, as `queryForm` makes it: `txt-edns4096-do example.net`, `ns .`. */
const FORM = /^(?<type>[a-z]+)(?:-edns(?<size>\d+)(?<dnssec>-do)?)? (?<name>[a-z0-9_.-]+)$/;

/**
 * The command of BIND's dig that sends the question of a form, octet for octet but for the id: without the cookie and
 * the AD bit that dig adds, and over UDP even where it would turn to TCP. `ADDRESS` and `PORT` are to be put in.
 */
export function digCommand(form: string): string | undefined {
  const { type, size, dnssec, name } = FORM.exec(form)?.groups ?? {};
  if (type === undefined || name === undefined) return undefined;
  const edns =
    size === undefined ? '+noedns' : `+bufsize=${size} ${dnssec === undefined ? '' : '+dnssec '}+nocookie`;
  return `dig +notcp +ignore +tries=1 +noadflag ${edns} ${type.toUpperCase()} ${name} @ADDRESS -p PORT`;
}

/** `TXT example.net`: what a form asks for. */
export function questionOfForm(form: string): string | undefined {
  const { type, name } = FORM.exec(form)?.groups ?? {};
  return type === undefined || name === undefined ? undefined : `${type.toUpperCase()} ${name}`;
}
