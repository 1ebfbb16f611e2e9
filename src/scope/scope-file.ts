import * as z from 'zod';
import type { Address, Prefix, Range } from '../domain/address.js';
import { formatAddress, formatPrefix } from '../domain/address.js';
import { UsageError } from '../domain/usage-error.js';
import { quote } from './quote.js';
import { scopeProblem } from './scope-problem.js';
import type { SettingsKey } from './scope-schema.js';
import { scopeSchema } from './scope-schema.js';
import { addressSet, membership, rangeOf } from './address-set.js';
import { whyNeverProbed } from './special-purpose.js';
import type { Path } from './yaml-source.js';
import { readYaml } from './yaml-source.js';

export type { SettingsKey } from './scope-schema.js';

/** What a scope file says: what its authors are authorised to probe, and how hard. */
export interface ScopeFile {
  /** What the file is called in messages. */
  readonly name: string;
  readonly organisation: string;
  readonly authorisedBy: string;
  readonly contact: string;
  /** The last day of the authorisation, in UTC: `2027-03-31`. */
  readonly validUntil: string;
  readonly validUntilLine: number;
  /** As listed; at least one. */
  readonly networks: readonly ScopeNetwork[];
  readonly exclude: readonly { readonly range: Range; readonly text: string }[];
  /** Each inside the networks, and not excluded. */
  readonly canaries: readonly ScopeCanary[];
  readonly limits: ScopeLimits;
  /** By the key of each settings schema, what the schema made of it; of `undefined` where the key is absent. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface ScopeNetwork {
  readonly prefix: Prefix;
  readonly asn?: number;
  readonly asName?: string;
  readonly customer?: string;
  /** Where it stands in the file. */
  readonly line: number;
}

/** A host that must answer, or the path of a run is in doubt. */
export interface ScopeCanary {
  readonly address: Address;
  /** The id of a probe, as it was written. */
  readonly probe: string;
  /** Absent: the probe's own. */
  readonly port?: number;
  /** Where it stands in the file. */
  readonly line: number;
}

/** Ceilings, and the defaults where a flag is absent. */
export interface ScopeLimits {
  /** Packets per second in all. */
  readonly rate: number;
  /** Packets per second to one /24 or /64. */
  readonly perSubnet: number;
  /** Packets per second to one address; may be a fraction. */
  readonly perHost: number;
  /** Bits per second of replies. */
  readonly replyBandwidthBps: number;
}

/**
 * Reads a scope file.
 * @param name what it is called in messages: `scope.yaml`.
 * @param settings the keys that belong to probes. An issue of theirs may carry its hint as `params.hint`;
 *   otherwise the schema's description is the hint.
 * @throws UsageError for the first thing that is wrong with it: `scope.yaml:14: …`.
 */
export function parseScopeFile(text: string, name: string, settings: readonly SettingsKey[]): ScopeFile {
  const source = readYaml(text, name);
  const parsed = scopeSchema(settings).safeParse(source.value);
  if (!parsed.success)
    throw scopeProblem(parsed.error.issues, {
      name,
      source,
      settings,
      keysAt: (path) => keysAt(scopeJsonSchema(settings), path),
    });

  const file = parsed.data;
  const networks = file.networks.map(({ prefix, asn, as_name, customer }, i): ScopeNetwork => ({
    prefix: prefix.prefix,
    ...(asn !== undefined && { asn }),
    ...(as_name !== undefined && { asName: as_name }),
    ...(customer !== undefined && { customer }),
    line: source.lineOf(['networks', i, 'prefix']),
  }));
  refuseUnusable(networks, name);
  const canaries = file.canaries.map(({ address, probe, port }, i): ScopeCanary => ({
    address,
    probe,
    ...(port !== undefined && { port }),
    line: source.lineOf(['canaries', i, 'address']),
  }));
  const exclude = file.exclude.map(({ range, text }) => ({ range, text }));
  refuseStrayCanaries(canaries, { networks, exclude, name });
  const { limits } = file;
  return {
    name,
    organisation: file.organisation,
    authorisedBy: file.authorised_by,
    contact: file.contact,
    validUntil: file.valid_until,
    validUntilLine: source.lineOf(['valid_until']),
    networks,
    exclude,
    canaries,
    limits: {
      rate: limits.rate,
      perSubnet: limits.per_subnet,
      perHost: limits.per_host,
      replyBandwidthBps: limits.reply_bandwidth,
    },
    settings: Object.fromEntries(
      settings.map(({ key }) => [key, (file as Readonly<Record<string, unknown>>)[key]]),
    ),
  };
}

/** The JSON Schema (draft 2020-12) of a scope file, for editors. */
export function scopeJsonSchema(settings: readonly SettingsKey[]): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(scopeSchema(settings), { io: 'input' });
  return { title: 'Ampscope scope file', ...schema };
}

function refuseUnusable(networks: readonly ScopeNetwork[], name: string): void {
  const seen = new Map<string, ScopeNetwork>();
  for (const network of networks) {
    const { prefix, line } = network;
    const text = formatPrefix(prefix);
    const reason = whyNeverProbed(rangeOf(prefix));
    if (reason !== undefined)
      throw new UsageError(
        `${name}:${line}: ${quote(text)} is never probed: ${reason}`,
        'remove the network; no scope can open that part of the address space',
      );
    const earlier = seen.get(text);
    if (earlier)
      throw new UsageError(`${name}:${line}: ${twice(text, earlier, network)}`, 'keep one of the two');
    seen.set(text, network);
  }
}

/** One that may not be asked could never answer. */
function refuseStrayCanaries(
  canaries: readonly ScopeCanary[],
  { networks, exclude, name }: Pick<ScopeFile, 'networks' | 'exclude' | 'name'>,
): void {
  const isIn = (ranges: readonly Range[]): ((address: Address) => boolean) => membership(addressSet(ranges));
  const isAuthorised = isIn(networks.map(({ prefix }) => rangeOf(prefix)));
  const isExcluded = isIn(exclude.map(({ range }) => range));
  const lines = new Map<string, number>();
  for (const { address, probe, port, line } of canaries) {
    const text = formatAddress(address);
    const what = `${name}:${line}: the canary ${quote(text)}`;
    if (!isAuthorised(address))
      throw new UsageError(
        `${what} lies outside the networks`,
        'name a host inside them: nothing else is ever asked',
      );
    if (isExcluded(address))
      throw new UsageError(`${what} is excluded`, 'name another host, or take it out of exclude');
    const key = [text, probe, port].join(' ');
    const earlier = lines.get(key);
    if (earlier !== undefined)
      throw new UsageError(`${what} is listed twice, first on line ${earlier}`, 'keep one of the two');
    lines.set(key, line);
  }
}

function twice(text: string, earlier: ScopeNetwork, { asn }: ScopeNetwork): string {
  if (earlier.asn === asn) return `${quote(text)} is listed twice, first on line ${earlier.line}`;
  const asOf = (number: number | undefined): string => (number === undefined ? 'no ASN' : `ASN ${number}`);
  return `${quote(text)} has ${asOf(asn)} here and ${asOf(earlier.asn)} on line ${earlier.line}`;
}

function keysAt(schema: z.core.JSONSchema.BaseSchema, path: Path): readonly string[] {
  let inner: z.core.JSONSchema.BaseSchema = schema;
  for (const step of path) {
    const next = typeof step === 'number' ? inner.items : inner.properties?.[String(step)];
    if (typeof next !== 'object' || Array.isArray(next)) return [];
    inner = next;
  }
  return Object.keys(inner.properties ?? {});
}
