import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCli } from './run-cli.js';
import { makeWorkspace, scopeText } from './workspace.js';

const workspace = makeWorkspace();

const write = (contact: string): string => workspace.write('scope.yaml', scopeText({ contact }));
const attribution = (...args: readonly string[]): ReturnType<typeof runCli> =>
  runCli(['attribution', ...args], { cwd: workspace.path });

describe('ampscope attribution', () => {
  it('writes the fields of RFC 9511 §2.2, each on a line of its own', async () => {
    write('noc@example.net');
    const { code, stdout, stderr } = await attribution('--host', 'scanner.example.net');
    assert.equal(code, 0, stderr);
    const [canonical, contact, expires, languages, description, end] = stdout.split('\n');
    assert.equal(canonical, 'Canonical: https://scanner.example.net/.well-known/probing.txt');
    assert.equal(contact, 'Contact: mailto:noc@example.net');
    assert.equal(expires, 'Expires: 2099-12-31T23:59:59Z');
    assert.equal(languages, 'Preferred-Languages: en, ja');
    assert.match(description ?? '', /^Description: Harbour Networks .*ntp\/123.*$/);
    assert.equal(end, '');
  });

  it('leaves out Canonical where no name of the scanner is given', async () => {
    write('noc@example.net');
    assert.doesNotMatch((await attribution()).stdout, /Canonical/);
  });

  for (const [contact, uri] of [
    ['Example NOC <noc@example.net>', 'mailto:noc@example.net'],
    ['mailto:noc@example.net', 'mailto:noc@example.net'],
    ['https://example.net/scans', 'https://example.net/scans'],
    ['"+81 3 0000 0000"', 'tel:+81-3-0000-0000'],
  ] as const)
    it(`makes ${uri} of ${contact}`, async () => {
      write(contact);
      assert.match((await attribution()).stdout, new RegExp(`^Contact: ${uri.replace('+', '\\+')}$`, 'm'));
    });

  it('refuses a contact that is neither a mail address nor a link', async () => {
    write('the NOC');
    const { code, stdout, stderr } = await attribution();
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /scope\.yaml: the contact "the NOC" names no way to reach you\nampscope: hint: /);
  });

  it('refuses a host with a path, or with a line end in it', async () => {
    write('noc@example.net');
    for (const host of ['https://example.net', 'example.net/x', 'a\nContact: mailto:x@example.org'])
      assert.equal((await attribution('--host', host)).code, 2, host);
  });
});
