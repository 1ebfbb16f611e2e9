/** The script, as it stands in the page. Without it everything can be read; with it the table can be searched and sorted. */
export const script = `'use strict';
const asked = /^#lang=(en|ja)$/.exec(location.hash)?.[1] ?? (navigator.language.startsWith('ja') ? 'ja' : 'en');
const radios = document.querySelectorAll('input[name=lang]');
const choose = (language) => { document.documentElement.lang = language; };
for (const radio of radios) {
  if (radio.id === asked) radio.checked = true;
  radio.addEventListener('change', () => choose(radio.id));
}
choose(asked);
`;
