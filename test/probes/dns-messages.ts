import assert from 'node:assert/strict';
import dnsPacket from 'dns-packet';
import type { ProbeDefinition, EmulatedServer } from '../../probes/probe.js';
import { emulatedServers } from '../../probes/dns/emulated-servers.js';
import type { Exchange } from '../../src/domain/exchange.js';
import { exchangeFrom } from './exchanges.js';

/** The ID of every request in the tests of DNS. */
export const ID = 0x4a5b;

/** Of an emulated server, only what it answers. */
export type Server = Pick<EmulatedServer, 'reply'>;

export function serverNamed(name: string): EmulatedServer {
  const emulated = emulatedServers.find((each) => each.name === name);
  assert.ok(emulated, `no emulated server ${name}`);
  return emulated;
}

/** What a measurement of this server consists of. @param chosen the options that the user gave. */
export function converse(
  definition: ProbeDefinition,
  settings: unknown,
  server: Server,
  chosen: readonly string[] = [],
): readonly Exchange[] {
  const probe = definition.build(definition.settings?.schema.parse(settings), new Set(chosen));
  const done = probe.sweepForms.map((form) => exchangeFrom(server, form.name, form.encode(ID), probe));
  for (let ask = probe.next(done); ask !== undefined && done.length < 40; ask = probe.next(done)) {
    const { form, purpose, burst } = ask;
    for (let i = 0; i < (burst?.repeat ?? 1); i++)
      done.push({ ...exchangeFrom(server, form.name, form.encode(ID), probe), purpose });
  }
  return done;
}

export function namesOf(done: readonly Exchange[]): readonly string[] {
  return done.map(({ form }) => form);
}

export interface Reply {
  readonly id?: number;
  /** Besides QR and RD. */
  readonly flags?: number;
  readonly question?: Partial<dnsPacket.Question>;
  readonly twice?: boolean;
}

/** A response about fat.test, encoded by dns-packet. */
export function reply(
  { id = ID, flags = 0, question = {}, twice = false }: Reply,
  answers: dnsPacket.Answer[] = [],
  authorities: dnsPacket.Answer[] = [],
  additionals: dnsPacket.Answer[] = [],
): Uint8Array {
  const asked = { name: 'fat.test', type: 'ANY', class: 'IN', ...question } as dnsPacket.Question;
  return Uint8Array.from(
    dnsPacket.encode({
      type: 'response',
      id,
      flags: 0x0100 | flags,
      questions: twice ? [asked, asked] : [asked],
      answers,
      authorities,
      additionals,
    }),
  );
}

export function bareHeader(flags: number): Uint8Array {
  return Uint8Array.of(ID >> 8, ID & 255, flags >> 8, flags & 255, 0, 0, 0, 0, 0, 0, 0, 0);
}

export function asResponse(query: Uint8Array): Uint8Array {
  const copy = query.slice();
  copy[2] = (copy[2] ?? 0) | 0x80;
  return copy;
}

export function questionsOf(query: Uint8Array): readonly dnsPacket.Question[] {
  return dnsPacket.decode(Buffer.from(query)).questions ?? [];
}

export function concat(head: Uint8Array, tail: readonly number[]): Uint8Array {
  return Uint8Array.from([...head, ...tail]);
}
