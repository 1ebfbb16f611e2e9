/**
 * The known word that was probably meant: the nearest, by letters to insert, remove, replace or swap, whatever its case
 * and separators; at most two of them for a word of more than four letters, else one.
 */
export function nearMiss(typed: string, known: readonly string[]): string | undefined {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const misses = known
    .map((word) => ({ word, distance: editDistance(plain(typed).slice(0, 64), plain(word)) }))
    .filter(({ word, distance }) => distance <= (word.length > 4 ? 2 : 1));
  return misses.toSorted((a, b) => a.distance - b.distance)[0]?.word;
}

/** Levenshtein's, with neighbours that changed places as one step. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (up: number, left: number): number =>
        (up === 0 ? row : rows[i - up])?.[j - left] ?? Infinity;
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          at(1, 0) + 1,
          at(0, 1) + 1,
          isSwap ? at(2, 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
