import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpacked } from './fetch.js';
import type { PackageSet } from './packages.js';

/**
 * The words that start a fetched program where no network is: a namespace without interfaces, so whatever it
 * would tell the world stays with it. What it writes of its own goes into the folder, and it draws with the
 * fonts of its set, so that it draws alike on every machine.
 * @param folder exists and is this program's alone.
 */
export function offlineCommand(set: PackageSet, folder: string): readonly [string, ...string[]] {
  const own = unpacked(set);
  const fonts = own.path('usr/share/fonts');
  writeFileSync(join(folder, 'fonts.conf'), fontsConf(fonts, join(folder, 'font-cache')));
  const variables = {
    ...own.environment,
    HOME: folder,
    FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    LC_ALL: 'C.UTF-8',
  };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return ['unshare', '--net', 'env', ...settings, own.path(set.proof)];
}

function fontsConf(fonts: string, cache: string): string {
  const families = [
    ['serif', 'Liberation Serif'],
    ['monospace', 'Liberation Mono'],
  ].map(
    ([family, latin]) =>
      `<alias><family>${family}</family><prefer><family>${latin}</family></prefer></alias>`,
  );
  // Whatever else is asked for, `system-ui` too.
  const others = ['Liberation Sans', 'IPAexGothic'].map(
    (family) => `<edit name="family" mode="append_last"><string>${family}</string></edit>`,
  );
  return `<?xml version="1.0"?>\n<fontconfig><dir>${fonts}</dir><cachedir>${cache}</cachedir>${families.join('')}<match>${others.join('')}</match></fontconfig>\n`;
}
