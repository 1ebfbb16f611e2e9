import { createHash } from 'node:crypto';
import type { RunRecord } from '../../src/domain/run-record.js';
import { cleanText } from '../clean-text.js';
import type { Html } from './html.js';
import { html, markup } from './html.js';
import { script } from './script.js';
import { style } from './style.js';

/** What stands before the content. The policy lets in this one style sheet and this one script, and nothing else. */
export function documentHead({ authorisation, started }: RunRecord): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${markup(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Exposure report / 公開サービス調査報告 · ${cleanText(authorisation.organisation)} · ${started.slice(0, 'YYYY-MM-DD'.length)}</title>
<style>${markup(style)}</style>
</head>
<body>
`;
}

/** What stands behind it. */
export function documentEnd({ ampscope_version, scan_id }: RunRecord): Html {
  return html`</main>
<footer><p>Ampscope ${ampscope_version} · ${scan_id}</p></footer>
<script>${markup(script)}</script>
</body>
</html>
`;
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const POLICY = [
  "default-src 'none'",
  `style-src ${sourceOf(style)}`,
  `script-src ${sourceOf(script)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
