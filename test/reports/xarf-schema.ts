import { schemaOf } from './json-schema.js';

const party = {
  type: 'object',
  required: ['org', 'contact', 'domain'],
  properties: {
    org: { type: 'string', maxLength: 200 },
    contact: { type: 'string', format: 'email' },
    domain: { type: 'string', format: 'hostname' },
  },
  additionalProperties: false,
};
const port = { type: 'integer', minimum: 1, maximum: 65_535 };

/** What XARF version 4 asks of a report of category `vulnerability`, type `open_service`, in our words. */
export const xarf = schemaOf({
  type: 'object',
  required: [
    ...['xarf_version', 'report_id', 'timestamp', 'reporter', 'sender', 'source_identifier'],
    ...['category', 'type', 'service'],
  ],
  properties: {
    xarf_version: { type: 'string', pattern: '^4\\.[0-9]+\\.[0-9]+$' },
    report_id: { type: 'string', format: 'uuid' },
    timestamp: { type: 'string', format: 'date-time' },
    reporter: party,
    sender: party,
    source_identifier: { type: 'string' },
    source_port: port,
    category: { const: 'vulnerability' },
    type: { const: 'open_service' },
    service: { type: 'string' },
    service_port: port,
    service_version: { type: 'string' },
    risk_level: { enum: ['info', 'low', 'medium', 'high', 'critical'] },
    evidence_source: { const: 'vulnerability_scan' },
    evidence: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        required: ['content_type', 'payload'],
        properties: {
          content_type: { type: 'string' },
          description: { type: 'string', maxLength: 500 },
          payload: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
          hash: { type: 'string', pattern: '^(md5|sha1|sha256|sha512):[a-fA-F0-9]+$' },
          size: { type: 'integer', minimum: 0, maximum: 5_242_880 },
        },
        additionalProperties: false,
      },
    },
    tags: {
      type: 'array',
      maxItems: 20,
      items: { type: 'string', pattern: '^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-.]*$' },
    },
    description: { type: 'string', maxLength: 1000 },
  },
  // The published schema lets more through; we write nothing that it does not name.
  additionalProperties: false,
});
