// @ts-check
// Groups of findings: the static rows are kept and used again, the others are made when wanted.

/** @typedef {{ key: string, list: Element, kept: Map<number, Element>, limit: number, more: HTMLButtonElement,
 *   holder: Element, matched: number }} Group */

/** @type {Map<string, Group>} */
const groups = new Map();

/** @param {Element} holder */
function registerGroup(holder) {
  const key = /** @type {HTMLElement} */ (holder).dataset.group ?? '';
  const list = holder.querySelector('ul');
  if (!list || !data.groups[key]) return;
  /** @type {Map<number, Element>} */
  const kept = new Map();
  for (const item of list.children) kept.set(Number(/** @type {HTMLElement} */ (item).dataset.i), item);
  holder.querySelector('.shown')?.remove();
  const more = button('', () => {
    group.limit += STEP;
    drawGroup(group);
  });
  const group = { key, list, kept, limit: Math.max(kept.size, 1), more, holder, matched: 0 };
  holder.append(more);
  groups.set(key, group);
  drawGroup(group);
}

/** @param {Group} group */
function drawGroup(group) {
  const all = data.groups[group.key];
  const matching = filtering ? all.filter(matches) : all;
  const limit = Math.max(group.limit, filtering ? STEP : 0);
  const shown = matching.slice(0, limit).map((index) => {
    const row = group.kept.get(index) ?? makeRow(index);
    group.kept.set(index, row);
    return row;
  });
  group.list.replaceChildren(...shown);
  group.matched = matching.length;
  const rest = matching.length - shown.length;
  group.more.hidden = rest <= 0;
  group.more.textContent = counted(texts.showMore, rest.toLocaleString(document.documentElement.lang));
  const details = group.holder.closest('.cause > details, #information > details');
  if (details instanceof HTMLElement) details.hidden = filtering && matching.length === 0;
}

/** @param {string} key @param {string} title */
function makeGroup(key, title) {
  const list = data.groups[key];
  if (!list) return undefined;
  const holder = element('div', 'group', element('ul', 'rows'));
  holder.dataset.group = key;
  const details = element('details', '', element('summary', '', counted(title, list.length)), holder);
  details.addEventListener('toggle', () => {
    if (!groups.has(key)) {
      registerGroup(holder);
      const group = groups.get(key);
      if (group) {
        group.limit = STEP;
        drawGroup(group);
      }
    }
  });
  return details;
}
