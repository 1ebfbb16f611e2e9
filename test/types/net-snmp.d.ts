/** The little of net-snmp that the tests use as an oracle; the package has no types of its own. */
declare module 'net-snmp' {
  import type { EventEmitter } from 'node:events';

  interface VarBind {
    readonly oid: string;
    readonly type: number;
    readonly value: unknown;
  }

  /** What it asks of node:dgram, so that it can be given a wire of our own. */
  interface DatagramModule {
    createSocket(transport: string): EventEmitter;
  }

  interface Session {
    getBulk(
      oids: readonly string[],
      nonRepeaters: number,
      maxRepetitions: number,
      callback: (error: Error | null, varbinds?: readonly (readonly VarBind[])[]) => void,
    ): void;
    getNext(
      oids: readonly string[],
      callback: (error: Error | null, varbinds?: readonly VarBind[]) => void,
    ): void;
    close(): void;
  }

  interface Agent {
    getAuthorizer(): { addCommunity(community: string): void };
    registerProvider(provider: {
      readonly name: string;
      readonly type: number;
      readonly oid: string;
      readonly scalarType: number;
      readonly maxAccess: number;
    }): void;
    getMib(): { setScalarValue(name: string, value: unknown): void };
    close(): void;
  }

  const snmp: {
    readonly Version1: number;
    readonly Version2c: number;
    readonly ObjectType: Readonly<Record<'OctetString' | 'OID' | 'TimeTicks' | 'EndOfMibView', number>>;
    readonly MibProviderType: { readonly Scalar: number };
    readonly MaxAccess: Readonly<Record<'read-only', number>>;
    createSession(
      address: string,
      community: string,
      options: {
        readonly version: number;
        readonly retries: number;
        readonly timeout: number;
        readonly dgramModule: DatagramModule;
      },
    ): Session;
    createV3Session(
      address: string,
      user: { readonly name: string; readonly level: number },
      options: { readonly retries: number; readonly timeout: number; readonly dgramModule: DatagramModule },
    ): Session;
    createAgent(
      options: { readonly port: number; readonly dgramModule: DatagramModule; readonly engineID?: string },
      callback: (error: Error | null) => void,
    ): Agent;
  };
  export default snmp;
}
