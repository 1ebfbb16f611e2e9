import { WORD_TEXTS } from './cells.js';

/**
 * The script, as it stands in the page. Without it everything can be read and switched; with it the list can be
 * searched and sorted, and the page begins in the reader's language. It says nothing itself: all texts are in the page,
 * but for the Japanese of severity and status, which the style sheet has, and which one may search for.
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
  const AT_ONCE = 500;
  const body = list.tBodies[0];
  const heads = [...list.tHead.rows[0].cells];
  const form = document.getElementById('controls');
  const more = document.getElementById('more');
  const cellText = (row, column) => row.cells[column].textContent.trim();
  const say = (numbers, value) => {
    for (const number of numbers) number.textContent = value.toLocaleString('en');
  };

  /* All rows in their order; those that fit what is searched; and of these as many as are shown, which keeps it quick. */
  let rows = [...body.rows];
  let fitting = rows;
  let most = AT_ONCE;
  const show = () => {
    body.replaceChildren(...fitting.slice(0, most));
    say(form.querySelectorAll('#matches b'), fitting.length);
    say(more.querySelectorAll('b'), Math.min(most, fitting.length));
    more.hidden = fitting.length <= most;
  };
  more.querySelector('button').addEventListener('click', () => {
    body.append(...fitting.slice(most, most + AT_ONCE));
    most += AT_ONCE;
    say(more.querySelectorAll('b'), Math.min(most, fitting.length));
    more.hidden = fitting.length <= most;
  });
  addEventListener('beforeprint', () => body.append(...fitting.slice(most)));
  addEventListener('afterprint', show);

  /* Search: every word must be somewhere in the row. */
  const plain = (text) => text.normalize('NFKC').toLowerCase();
  const texts = new Map();
  const JAPANESE = ${JSON.stringify(WORD_TEXTS)};
  const textOf = (row) => {
    if (!texts.has(row)) {
      const cells = [...row.cells].map((cell) => cell.textContent);
      texts.set(row, plain([...cells, JAPANESE[cells[0]], JAPANESE[cells[1]]].join(' ')));
    }
    return texts.get(row);
  };
  const chosen = (name) => new Set([...form.elements].filter((box) => box.name === name && box.checked).map((box) => box.value));
  const search = () => {
    const words = plain(form.elements.search.value).split(/\\s+/).filter(Boolean);
    const probe = form.elements.probe.value;
    const severities = chosen('severity');
    const statuses = chosen('status');
    fitting = rows.filter((row) =>
      words.every((word) => textOf(row).includes(word)) &&
      (probe === '' || cellText(row, 4) === probe) &&
      (severities.size === 0 || severities.has(cellText(row, 0))) &&
      (statuses.size === 0 || statuses.has(cellText(row, 1))));
    show();
  };
  let waiting;
  const searchSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      most = AT_ONCE;
      search();
    }, 120);
  };
  form.addEventListener('input', searchSoon);
  form.addEventListener('reset', searchSoon);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  show();

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
    const keyed = rows.map((row) => {
      const text = cellText(row, column);
      return [text === '' ? undefined : key(text), row];
    });
    keyed.sort(([a], [b]) =>
      a === b ? 0 : a === undefined ? 1 : b === undefined ? -1 : (a < b ? -1 : 1) * (descending ? -1 : 1));
    rows = keyed.map(([, row]) => row);
    search();
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
