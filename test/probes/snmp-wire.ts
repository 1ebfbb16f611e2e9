import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Facts, Probe, RequestForm, EmulatedServer } from '../../probes/probe.js';
import { emulatedServers } from '../../probes/snmp/emulated-servers.js';
import { exchangeWith } from './exchanges.js';

/** Stands for node:dgram: what net-snmp sends reaches an emulated server, what we ask reaches net-snmp, and nothing leaves. */
export class Wire {
  #socket: EventEmitter | undefined;
  #answered: ((payload: Uint8Array) => void) | undefined;

  constructor(private readonly emulated?: EmulatedServer) {}

  createSocket(): EventEmitter {
    const socket = new EventEmitter();
    this.#socket = socket;
    const nothing = (): void => undefined;
    const send = (
      buffer: Buffer,
      _start: number,
      _length: number,
      _port: number,
      _to: string,
      sent: () => void,
    ) => {
      sent();
      const payload = Uint8Array.from(buffer);
      if (this.emulated)
        for (const answer of this.emulated.reply(payload)) socket.emit('message', Buffer.from(answer), FROM);
      else this.#answered?.(payload);
    };
    return Object.assign(socket, { send, bind: nothing, close: nothing, ref: nothing, unref: nothing });
  }

  /** Gives a request to the agent behind the socket. */
  ask(payload: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket?.emit('message', Buffer.from(payload), FROM);
    });
  }
}

const FROM = { address: '127.0.0.1', port: 161, family: 'IPv4' };

export function serverNamed(name: string): EmulatedServer {
  const emulated = emulatedServers.find((each) => each.name === name);
  assert.ok(emulated, `no emulated server ${name}`);
  return emulated;
}

/** What a probe asks after its sweep forms of one who answers each of them so. */
export function furtherForms(probe: Probe, facts: Facts = {}): readonly RequestForm[] {
  const answered = (form: RequestForm) =>
    exchangeWith({
      form: form.name,
      request: form.encode(0),
      replies: [{ payloadBytes: 100, reading: { kind: 'answer', facts } }],
    });
  const further: RequestForm[] = [];
  const done = probe.sweepForms.map(answered);
  for (let ask = probe.next(done); ask !== undefined; ask = probe.next(done)) {
    further.push(ask.form);
    done.push(answered(ask.form));
  }
  return further;
}
