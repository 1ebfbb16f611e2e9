import { leftOutText } from '../../../reports/reasons.js';
import { addAbortSignal } from 'node:stream';
import { buffer as readStream } from 'node:stream/consumers';
import { probes as definitions } from '../../../probes/list.js';
import type { Family } from '../../domain/address.js';
import { familyOf, parseAddress } from '../../domain/address.js';
import { errorCode } from '../../domain/error-code.js';
import { mailAddressOf } from '../../domain/mail-address.js';
import { UsageError } from '../../domain/usage-error.js';
import { decodeUtf8 } from '../../domain/utf8.js';
import { touches } from '../../scope/address-set.js';
import type { GivenRanges } from '../../scope/parse-range.js';
import { givenRange, rangesIn, textsIn, together } from '../../scope/parse-range.js';
import type { Scope } from '../../scope/scope.js';
import { checkValidity, createScope } from '../../scope/scope.js';
import type { ScopeFile } from '../../scope/scope-file.js';
import { parseScopeFile } from '../../scope/scope-file.js';
import { exampleValuesIn } from '../../scope/scope-template.js';
import { parseExclusionList, parseTargetList } from '../../scope/target-list.js';
import type { TargetSpace } from '../../scope/target-space.js';
import { createTargetSpace } from '../../scope/target-space.js';
import type { Settings } from '../../settings/all-settings.js';
import { placeOf } from '../../settings/read-settings.js';
import type { Given, Io } from '../command.js';
import type { ReadScope } from '../../engine/read-scope.js';
import { maskedProbe } from '../../engine/masked-probe.js';
import type { SelectedProbe } from '../../engine/selected-probe.js';
import { definitionOf } from '../../engine/selected-probe.js';
import { readBytes } from '../../read-bytes.js';
import { portsWithoutProbe, refuseOrphans, selectProbes } from './select-probes.js';

/** Everything that decides what is sent where, checked before the first packet. */
export interface ScanInputs {
  readonly scopeFile: ScopeFile;
  readonly scopeText: string;
  readonly scope: Scope;
  readonly space: TargetSpace;
  /** What the scope file and `--exclude` leave out, as it was written. */
  readonly excludeTexts: () => readonly string[];
  /** What `--exclude` says, its lists read. */
  readonly exclusions: GivenRanges;
  readonly probes: readonly SelectedProbe[];
  /** Packets per second, at most the scope's. */
  readonly rate: number;
  /** That the authorisation ends soon: printed in the quietest run too. */
  readonly validityWarning?: string;
  /** What of the targets is not probed. */
  readonly notes: readonly string[];
}

/** @throws UsageError for a scope file or a list that is unreadable, invalid, over or not filled in. */
export async function readScope(
  { scope: scopeName, exclude }: Pick<Settings, 'scope' | 'exclude'>,
  io: Pick<Io, 'clock' | 'stop'>,
): Promise<ReadScope> {
  const scopeText = await readUserFile(
    scopeName,
    'write one with ampscope init, or name a readable file with --scope',
    io.stop,
  );
  const scopeFile = parseScope(scopeText, scopeName);
  refuseExampleValues(scopeFile);
  const validity = checkValidity(scopeFile, io.clock.now());
  const exclusions = await readExclusions(exclude, io.stop);
  const scope = createScope(scopeFile, rangesIn(exclusions));
  return { scopeFile, scopeText, scope, exclusions, ...validity };
}

/** @throws UsageError for a scope file that is still the template. */
function refuseExampleValues(scopeFile: ScopeFile): void {
  const left = exampleValuesIn(scopeFile);
  if (left.length === 0) return;
  throw new UsageError(
    `${scopeFile.name} still holds example values that init wrote: ${left.join(', ')}`,
    'say whose space it is, who authorised the scan, and which networks may be probed',
  );
}

/** A scope file, with the settings of all probes. @throws UsageError for the first thing that is wrong with it. */
export function parseScope(text: string, name: string): ScopeFile {
  const file = parseScopeFile(
    text,
    name,
    definitions.flatMap((definition) => definition.settings ?? []),
  );
  for (const { probe, line } of file.canaries) definitionOf(probe, `${name}:${line}`);
  return file;
}

/** @throws UsageError for anything that must not lead to a packet. */
export async function readScanInputs(
  settings: Pick<Settings, 'scope' | 'exclude' | 'targets' | 'probe' | 'port' | 'source' | 'rate'>,
  given: Given,
  io: Io,
): Promise<ScanInputs> {
  const { scopeFile, scopeText, scope, exclusions, warning } = await readScope(settings, io);
  const probes = selectProbes(settings, scopeFile).map((selected) =>
    maskedProbe(selected, (address) => scope.allows(address)),
  );
  refuseOrphans(given, probes);
  const rate = loweredRate(settings.rate, given, scopeFile);
  const space = createTargetSpace({
    scope,
    targets: await readTargets(settings.targets, given, io),
    sourceFamily: sourceFamilyOf(settings.source),
  });
  const excluded =
    space.excludedAddresses > 0
      ? [
          `${space.excludedAddresses} excluded ${space.excludedAddresses === 1 ? 'address is' : 'addresses are'} not probed`,
        ]
      : [];
  const unasked = portsWithoutProbe(settings, probes);
  const strayPorts =
    unasked.length > 0 ? [`${namedOf(unasked, 'probe')} not asked, whatever --port says: see --probe`] : [];
  return {
    scopeFile,
    scopeText,
    scope,
    space,
    exclusions,
    excludeTexts: () => [...textsIn(together(scopeFile.exclude, exclusions))],
    probes,
    rate,
    ...(warning !== undefined && { validityWarning: warning }),
    notes: [
      ...leftOutNotes(space.leftOut),
      ...excluded,
      ...strayExclusions(scope, together(scopeFile.exclude, exclusions)),
      ...strayPorts,
      ...(mailAddressOf(scopeFile.contact) === undefined
        ? [
            `the contact of ${scopeFile.name} does not hold one mail address: there is no xarf.jsonl, and drafts of letters have no sender`,
          ]
        : []),
    ],
  };
}

const MOST_NAMED = 3;

/** A line a reason, however many networks it concerns: all of them stand in run.json. */
function leftOutNotes(leftOut: TargetSpace['leftOut']): readonly string[] {
  const reasons = [...new Set(leftOut.map((network) => leftOutText(network).en))];
  return reasons.map((reason) => {
    const prefixes = leftOut
      .filter((network) => leftOutText(network).en === reason)
      .map(({ prefix }) => prefix);
    return `${namedOf(prefixes, 'network')} left out: ${reason}`;
  });
}

/** An exclusion that excludes no target may be mistyped, and then an address is probed that should not be. */
function strayExclusions({ authorised }: Scope, exclusions: GivenRanges): readonly string[] {
  const named: string[] = [];
  let count = 0;
  for (const exclusion of exclusions)
    if (!touches(authorised, exclusion.range) && ++count <= MOST_NAMED) named.push(exclusion.text);
  if (count === 0) return [];
  return [`${namedOf(named, 'exclusion', count)} outside the networks of the scope, and without effect`];
}

/** `3 networks (a, b, c) are`: a few of them. */
function namedOf(texts: readonly string[], what: string, count = texts.length): string {
  const more = count - MOST_NAMED;
  const named = `${texts.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return count === 1 ? `the ${what} ${named} is` : `${count} ${what}s (${named}) are`;
}

/** @throws UsageError that names the file and says why it could not be read, or how to save it as UTF-8. */
async function readUserFile(path: string, hint: string, stop: AbortSignal): Promise<string> {
  const bytes = await readBytes(path, stop).catch((error: unknown) => {
    // A signal while we wait for a pipe is no fault of the input.
    stop.throwIfAborted();
    throw new UsageError(`${path}: ${readError(error)}`, hint);
  });
  return decodeUtf8(bytes, path);
}

/** The system's reason in plain words. */
export function readError(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  return error instanceof Error ? error.message : String(error);
}

/** The family that `--source` can reach; undefined without it. */
function sourceFamilyOf(source: string | undefined): Family | undefined {
  const address = source === undefined ? undefined : parseAddress(source);
  return address === undefined ? undefined : familyOf(address);
}

/** The operands of the command line, and the lines of `--targets`; nothing at all means all of the scope. */
async function readTargets(file: string | undefined, { operands }: Given, io: Io): Promise<GivenRanges> {
  const written = operands.map((word) => givenRange(word));
  if (file === undefined) return written;
  const content =
    file === '-'
      ? decodeUtf8(await readStream(addAbortSignal(io.stop, io.stdin)), 'stdin')
      : await readUserFile(file, 'name a readable file, or - for standard input', io.stop);
  return together(written, parseTargetList(content, file === '-' ? 'stdin' : file));
}

async function readExclusions(values: readonly string[], stop: AbortSignal): Promise<GivenRanges> {
  const lists = values.map(async (value): Promise<GivenRanges> => {
    if (!value.startsWith('@')) return [givenRange(value, '--exclude')];
    const path = value.slice(1);
    return parseExclusionList(await readUserFile(path, 'name a readable file after the @', stop), path);
  });
  return together(...(await Promise.all(lists)));
}

function loweredRate(rate: number | undefined, { written }: Given, scopeFile: ScopeFile): number {
  const ceiling = scopeFile.limits.rate;
  if (rate !== undefined && rate > ceiling)
    throw new UsageError(
      `${placeOf('rate', written)}: ${rate} is above the scope's limit of ${ceiling} packets/s`,
      `settings only lower a limit: raise limits.rate in ${scopeFile.name} if you are authorised to`,
    );
  return rate ?? ceiling;
}
