import type { Field, Probe } from '../../probes/probe.js';
import type { Address } from '../domain/address.js';
import type { Facts, Reading } from '../domain/exchange.js';
import type { Judgement } from '../domain/finding.js';
import { maskAddresses, mayHoldAddress } from '../domain/mask-addresses.js';
import type { SelectedProbe } from './selected-probe.js';

/**
 * A probe whose texts name no address outside the scope. This is the one place where they are masked: everything that
 * is kept, printed or reported of a reply comes through here (docs/privacy.md). What was said in parts is masked again
 * when it is judged, for there the parts are joined.
 */
export function maskedProbe<Selected extends SelectedProbe>(
  selected: Selected,
  mayStand: (address: Address) => boolean,
): Selected {
  const mask = (text: string): string => maskAddresses(text, mayStand);
  const { probe } = selected;
  const masked: Probe = {
    ...probe,
    read: (payload, request) => maskedReading(probe.read(payload, request), mask),
    judge: (done) => maskedJudgement(probe.judge(done), mask),
    dissect: (payload) => {
      const maskOnce = onceEach(mask);
      return probe.dissect(payload).map((field) => maskedField(field, payload, maskOnce));
    },
  };
  return { ...selected, probe: masked };
}

type Mask = (text: string) => string;

/** Thousands of records may point at one long name. What holds no address is not worth remembering. */
function onceEach(mask: Mask): Mask {
  const known = new Map<string, string>();
  return (text) => {
    if (!mayHoldAddress(text)) return text;
    const before = known.get(text);
    if (before !== undefined) return before;
    const masked = mask(text);
    known.set(text, masked);
    return masked;
  };
}

function maskedReading(reading: Reading, mask: Mask): Reading {
  switch (reading.kind) {
    case 'answer':
      return { ...reading, facts: maskedFacts(reading.facts, mask) };
    case 'refusal':
      return { ...reading, reason: mask(reading.reason) };
    case 'unrecognised':
      return { ...reading, why: mask(reading.why) };
  }
}

function maskedJudgement(judgement: Judgement, mask: Mask): Judgement {
  if (judgement.kind === 'nothing') return judgement;
  if (judgement.kind === 'refusal') return { ...judgement, reason: mask(judgement.reason) };
  const { version, detail, facts } = judgement;
  return {
    ...judgement,
    ...(version !== undefined && { version: mask(version) }),
    ...(detail !== undefined && { detail: mask(detail) }),
    ...(facts && { facts: maskedFacts(facts, mask) }),
  };
}

function maskedFacts(facts: Facts, mask: Mask): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      mask(name),
      typeof value === 'string' ? mask(value) : value,
    ]),
  );
}

/**
 * A field may be shown as a part of its bytes, or in hex: where they write an address, such a value is hidden whole.
 * So is one of more than 4 KB, which no server sends: to read it costs more than it is worth.
 */
function maskedField(field: Field, payload: Uint8Array, mask: Mask): Field {
  if (field.masked) return field;
  const [name, value] = [mask(field.name), mask(field.value)];
  if (name !== field.name || value !== field.value) return { ...field, name, value, masked: 'bytes' };
  if (field.bytes > LONGEST_READ) return { ...field, masked: true };
  const text = Buffer.from(payload.buffer, payload.byteOffset + field.at, field.bytes).toString('latin1');
  return mayHoldAddress(text) && mask(text) !== text ? { ...field, masked: true } : field;
}

const LONGEST_READ = 4096;
