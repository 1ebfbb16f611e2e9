/**
 * The script, as it stands in the page. Without it everything can be read and switched; with it the list can be
 * searched and sorted, and the page begins in the reader's language. It says nothing itself: all words are in the page.
 */
export const script = `'use strict';
{
  const root = document.documentElement;
  const wanted = /^#lang=(en|ja)$/.exec(location.hash)?.[1] ?? (/^ja/i.test(navigator.language) ? 'ja' : 'en');
  for (const radio of document.querySelectorAll('input[name=lang]')) {
    radio.checked = radio.id === wanted;
    radio.addEventListener('change', () => {
      root.lang = radio.id;
      history.replaceState(null, '', '#lang=' + radio.id);
    });
  }
  root.lang = wanted;
}

const list = document.getElementById('list');
if (list) {
  const body = list.tBodies[0];
  const heads = [...list.tHead.rows[0].cells];
  const form = document.getElementById('controls');
  const shown = form.querySelectorAll('#matches b');
  const rows = [...body.rows];
  const cellText = (row, column) => row.cells[column].textContent.trim();

  /* Search: every word must be somewhere in the row. */
  let texts;
  const chosen = (name) => new Set([...form.elements].filter((box) => box.name === name && box.checked).map((box) => box.value));
  const filter = () => {
    texts ??= rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(' ').normalize('NFKC').toLowerCase());
    const words = form.elements.search.value.normalize('NFKC').toLowerCase().split(/\\s+/).filter(Boolean);
    const probe = form.elements.probe.value;
    const severities = chosen('severity');
    const statuses = chosen('status');
    let count = 0;
    rows.forEach((row, place) => {
      const fits =
        words.every((word) => texts[place].includes(word)) &&
        (probe === '' || cellText(row, 4) === probe) &&
        (severities.size === 0 || severities.has(cellText(row, 0))) &&
        (statuses.size === 0 || statuses.has(cellText(row, 1)));
      if (row.hidden === fits) row.hidden = !fits;
      if (fits) count++;
    });
    for (const number of shown) number.textContent = count.toLocaleString('en');
  };
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  };
  form.addEventListener('input', soon);
  form.addEventListener('reset', soon);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;

  /* Sort: unknown last, equals in the order they had. */
  const RANKS = ['critical', 'high', 'medium', 'low', 'info', 'new', 'reopened', 'persisting', 'unknown', 'fixed'];
  const hex = (part) => part.padStart(4, '0');
  const addressKey = (text) => {
    if (!text.includes(':')) return '4' + text.split('.').map(hex).join('');
    const [head, tail] = text.split('::').map((half) => half.split(':').filter(Boolean));
    const gap = tail ? Array(8 - head.length - tail.length).fill('0') : [];
    return '6' + [...head, ...gap, ...(tail ?? [])].map(hex).join('');
  };
  const numberKey = (text) => Number.parseFloat(text.replace(/^[^0-9.-]+/, ''));
  const KEYS = {
    word: (text) => RANKS.indexOf(text),
    number: numberKey,
    address: addressKey,
    text: (text) => text.toLowerCase(),
  };
  const sort = (column, descending) => {
    const key = KEYS[heads[column].dataset.sort];
    const keyed = [...body.rows].map((row) => {
      const text = cellText(row, column);
      return [text === '' ? undefined : key(text), row];
    });
    keyed.sort(([a], [b]) =>
      a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : (a < b ? -1 : 1) * (descending ? -1 : 1));
    body.append(...keyed.map(([, row]) => row));
  };
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const now = head.getAttribute('aria-sort');
      const descending = now === null ? head.dataset.sort === 'number' : now === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      sort(column, descending);
    });
  });
}
`;
