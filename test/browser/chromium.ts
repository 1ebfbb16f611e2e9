import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { offlineCommand } from '../packages/offline.js';
import { PACKAGE_SETS } from '../packages/packages.js';

/** A browser that no network is within reach of, with a folder for the pages it is to show. */
export interface OfflineBrowser {
  readonly browser: Browser;
  /** Puts a page into the folder. @returns its path. */
  write(name: string, text: string): string;
  close(): Promise<void>;
}

/** Sandboxes need rights that root in a container may lack; the pages are our own, and there is no network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

export async function startBrowser(): Promise<OfflineBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'ampscope-browser-'));
  // Playwright starts one file: this one enters the namespace and becomes the browser.
  const executablePath = join(folder, 'chromium');
  const command = offlineCommand(PACKAGE_SETS.chromium, folder);
  writeFileSync(executablePath, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(executablePath, 0o700);
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  return {
    browser,
    write: (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page, and what it did that a report must not do; empty for a good one. */
export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, breaches of its policy, dialogs, and whatever it asked for. */
  misdeeds(): Promise<readonly string[]>;
}

/** Opens a file in a context of its own and waits until it is loaded. @param options.language chooses by the address. */
export async function openPage(
  browser: Browser,
  path: string,
  { language, ...options }: BrowserContextOptions & { readonly language?: 'en' | 'ja' } = {},
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const url = pathToFileURL(path).href;
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url) found.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    found.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  if (options.javaScriptEnabled !== false)
    await page.addInitScript(
      `globalThis.violations = [];
       addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push('policy: ' + violatedDirective), true);`,
    );
  await page.goto(language === undefined ? url : `${url}#lang=${language}`);
  return {
    page,
    misdeeds: async () => [
      ...found,
      ...(options.javaScriptEnabled === false ? [] : await page.evaluate<string[]>('violations')),
    ],
  };
}

/** What axe finds wrong, a line each: the rule, and the first places. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) =>
      id + ': ' + nodes.slice(0, 5).map(({ html, any }) => html.slice(0, 160) + ' ' + (any[0]?.message ?? '')).join(' | ')))`,
  );
}
