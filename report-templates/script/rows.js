// @ts-check
// A finding as a row, for those that have no static one.

/** Marked runs become code elements. @param {string} text */
function prose(text) {
  const fragment = document.createDocumentFragment();
  for (const [index, run] of text.split(/[\uE003\uE004]/).entries()) {
    fragment.append(index % 2 === 1 ? element('code', '', run) : run);
  }
  return fragment;
}

/** @param {string} name */
function severityLabel(name) {
  const svg = document.querySelector(`.severity.${name} svg`);
  return element('span', `severity ${name}`, svg ? svg.cloneNode(true) : shape(name), texts[name]);
}

/** @param {string} name */
function shape(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'shape');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#shape-${name}`);
  svg.append(use);
  return svg;
}

/** @param {readonly (string | number)[]} excerpt */
function excerptBlock([first, mark, ...lines]) {
  const pre = element('pre', first ? 'excerpt numbered' : 'excerpt');
  for (const [index, line] of lines.entries()) {
    const node = element(index === mark ? 'mark' : 'span', '', String(line));
    node.dataset.n = first ? String(Number(first) + index) : '';
    pre.append(node, '\n');
  }
  return pre;
}

/** @param {number} index @param {Row} row */
function evidenceNodes(index, row) {
  const excerpts = data.excerpts[index] ?? [];
  return row.places.map((place, position) => {
    const excerpt = excerpts[position];
    if (!excerpt?.length) return element('p', 'place', element('code', '', place));
    return element('details', '', element('summary', '', place), excerptBlock(excerpt));
  });
}

/** @param {number} index */
function makeRow(index) {
  const row = rowAt(index);
  const since = row.since ? ` · ${row.since}` : '';
  const item = element(
    'li',
    '',
    element('p', '', severityLabel(row.severity), ' ', prose(row.message)),
    element('p', 'quiet', row.confidence + since),
    ...evidenceNodes(index, row),
  );
  item.dataset.i = String(index);
  return item;
}
