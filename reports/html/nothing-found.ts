import type { RunRecord } from '../../src/domain/run-record.js';
import { isWhole } from '../../src/domain/whole-run.js';
import type { Bilingual } from './bilingual.js';

/** Where there is nothing to show: only a whole run may leave it at that. @param clean what a whole one says. */
export function nothingFound(
  run: RunRecord,
  clean: Bilingual = { en: 'No exposure was found.', ja: '検出はありませんでした。' },
): Bilingual {
  return isWhole(run)
    ? clean
    : {
        en: 'No exposure was found, but this does not mean that there is none: not everything is known.',
        ja: '検出はありませんが、検出漏れがないとは言えません。確認できていない部分があります。',
      };
}
