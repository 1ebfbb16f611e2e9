import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** An empty folder for the tests of one file, removed after them. */
export function makeWorkspace(): { readonly path: string; write(name: string, text: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'ampscope-test-'));
  after(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
  };
}

/** A scope file as a user would write it; what is given replaces or adds lines. */
export function scopeText(changes: Readonly<Record<string, string>> = {}): string {
  const lines = {
    organisation: 'Harbour Networks',
    authorised_by: 'J. Harbour, ticket 12',
    contact: 'noc@example.net',
    valid_until: '2099-12-31',
    networks: '[{ prefix: 127.9.0.0/24, asn: 64496, as_name: EXAMPLE-AS, customer: C-1001 }]',
    ...changes,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}
