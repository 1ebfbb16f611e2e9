import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'mssql-two-instances',
    about: 'two instances, written by the grammar of MC-SQLR §2.2.5; not a measured one',
    reply: (request) =>
      answer(request, [
        'ServerName;DB01;InstanceName;MSSQLSERVER;IsClustered;No;Version;10.50.4000.0;tcp;1433;np;\\\\DB01\\pipe\\sql\\query;;',
        'ServerName;DB01;InstanceName;SQLEXPRESS;IsClustered;No;Version;15.0.2000.5;tcp;49180;;',
      ]),
  },
  {
    name: 'mssql-eight-instances',
    about:
      'eight instances, whose answer has the 691 bytes of the published factor (719 with the headers); not a measured one',
    reply: (request) =>
      answer(
        request,
        [1, 2, 3, 4, 5, 6, 7, 8].map(
          (n) =>
            `ServerName;DB02;InstanceName;PAYROLL0${n};IsClustered;No;Version;10.50.1600.1;tcp;4918${n};;`,
        ),
      ),
  },
  {
    name: 'mssql-off',
    about: 'no SQL Server Browser, or one with every instance hidden: silence',
    reply: () => [],
  },
];

/** CLNT_BCAST_EX and CLNT_UCAST_EX alike, of one byte. */
function answer(request: Uint8Array, instances: readonly string[]): readonly Uint8Array[] {
  if (request.length !== 1 || (request[0] !== 2 && request[0] !== 3)) return [];
  const text = Buffer.from(instances.join(''), 'latin1');
  const head = Buffer.alloc(3);
  head.writeUInt8(5);
  head.writeUInt16LE(text.length, 1);
  return [Uint8Array.from(Buffer.concat([head, text]))];
}
