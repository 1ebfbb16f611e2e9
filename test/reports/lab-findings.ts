/** A finding for everything that the lab shows, and for the same with other settings: made by the measured room itself. */
import { probes } from '../../probes/list.js';
import type { EmulatedServer, Probe } from '../../probes/probe.js';
import type { FindingRecord } from '../../reports/record.js';
import { toRecord } from '../../reports/record.js';
import { factorsOf } from '../../src/domain/factors.js';
import { severityOf } from '../../src/domain/finding.js';
import { interview } from '../../src/measure/interview.js';
import { verdictOn } from '../../src/measure/verdict.js';
import { address, sampleRun } from './sample-run.js';

/** By key of scope.yaml; the first of each are the lab's own. */
const SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  dns: [
    { names: ['fat.test'], check: { name: 'small.fat.test', address: '192.0.2.1' } },
    {},
    { names: ['mid.test', 'fat.test'] },
    { check: { name: 'small.fat.test', address: '198.51.100.9' } },
  ],
  snmp: [{}],
};

/** A finding of the lab, and the name of the server. */
export interface Found {
  readonly name: string;
  readonly record: FindingRecord;
}

export const found: readonly Found[] = probes.flatMap((definition) => {
  const { key = '', schema } = definition.settings ?? {};
  return (SETTINGS[key] ?? [undefined]).flatMap((settings, index) =>
    [...definition.emulatedServers, ...definition.emulatedServers.map(withoutTime)].flatMap((emulated) =>
      ['192.0.2.10', '2001:db8::10'].flatMap((ip) => {
        const probe = definition.build(schema?.parse(settings) ?? settings);
        const record = recordOf(probe, interview(probe, emulated).exchanges, ip);
        return record === undefined ? [] : [{ name: `${probe.id} ${emulated.name} ${index} ${ip}`, record }];
      }),
    ),
  );
});

/** Where it is a time server, one that answers the modes of its management only. */
function withoutTime(emulated: EmulatedServer): EmulatedServer {
  return {
    name: `${emulated.name} without time`,
    about: emulated.about,
    reply: (request) => (request.length === 48 && (request[0] ?? 0) % 8 === 3 ? [] : emulated.reply(request)),
  };
}

function recordOf(
  probe: Probe,
  exchanges: ReturnType<typeof interview>['exchanges'],
  ip: string,
): FindingRecord | undefined {
  const verdict = verdictOn({ probe, port: probe.port }, undefined, exchanges);
  if (verdict.kind === 'none') return undefined;
  const { exposure, reported } = verdict;
  const { level, reason } = severityOf(exposure, factorsOf(reported).wireAmplification, probe.severity);
  return toRecord(
    {
      probe: probe.id,
      protocol: probe.protocol,
      report: verdict.report ?? probe.report,
      ip: address(ip),
      port: probe.port,
      measurement: { probed: address(ip), probedPort: probe.port, exchanges },
      reported,
      exposure,
      severity: level,
      severityReason: reason,
      origin: { asn: 64496, customer: 'C-1001' },
    },
    { scanId: sampleRun.scan_id },
  );
}
