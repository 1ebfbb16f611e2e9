import { schemaOf } from './json-schema.js';

const word = { type: 'string', minLength: 1 };
const words = { type: 'array', items: word, minItems: 1 };
const time = { type: 'string', format: 'date-time' };
const whole = { type: 'integer', minimum: 0 };
const number = { type: 'number', minimum: 0 };

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** The fields of the Elastic Common Schema 8.11 that we fill, and our own, with their types. */
export const ecs = schemaOf(
  object(
    {
      '@timestamp': time,
      ecs: object({ version: { const: '8.11.0' } }),
      event: object({
        kind: { const: 'state' },
        category: { const: ['vulnerability'] },
        type: { const: ['info'] },
        dataset: word,
        id: word,
        reason: word,
      }),
      message: word,
      source: object(
        {
          ip: {
            anyOf: [
              { type: 'string', format: 'ipv4' },
              { type: 'string', format: 'ipv6' },
            ],
          },
          port: { type: 'integer', minimum: 1, maximum: 65_535 },
          as: object({ number: whole, organization: object({ name: word }) }, ['organization']),
        },
        ['as'],
      ),
      network: object({ transport: { const: 'udp' }, protocol: word }),
      vulnerability: object({
        severity: { enum: ['critical', 'high', 'medium', 'low', 'info'] },
        category: { const: ['reflector'] },
        report_id: word,
      }),
      tags: words,
      observer: object({ product: { const: 'ampscope' }, version: word }),
      reflector: object(
        {
          ...Object.fromEntries(
            ['probe', 'probed_ip', 'basis', 'status', 'prefix', 'customer', 'version'].map((name) => [
              name,
              word,
            ]),
          ),
          ...Object.fromEntries(
            ['probed_port', 'request_size', 'request_packets', 'response_size', 'packets'].map((name) => [
              name,
              whole,
            ]),
          ),
          ...Object.fromEntries(
            ['amplification', 'packet_amplification', 'wire_amplification', 'rtt_ms'].map((name) => [
              name,
              number,
            ]),
          ),
          lower_bound: { const: true },
          status_evidence: word,
          status_doubt: word,
          first_seen: time,
          last_seen: time,
          times_seen: whole,
          days_open: whole,
        },
        [
          ...['status', 'prefix', 'customer', 'version', 'amplification', 'packet_amplification'],
          ...['wire_amplification', 'rtt_ms', 'lower_bound', 'status_evidence', 'status_doubt'],
          ...['first_seen', 'last_seen', 'times_seen', 'days_open'],
        ],
      ),
      extra: { type: 'object', additionalProperties: { type: 'object' } },
    },
    ['message', 'tags', 'extra'],
  ),
);
