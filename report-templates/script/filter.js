// @ts-check
// The filter over all findings, static or not.

const form = /** @type {HTMLFormElement} */ (document.getElementById('filter'));
let filtering = false;
const wanted = { namespace: '', node: '', severity: '', text: '' };
/** @type {Map<number, string>} */
const searchable = new Map();

/** @param {number} index */
function matches(index) {
  const row = rowAt(index);
  if (wanted.severity && row.severity !== wanted.severity) return false;
  if (wanted.namespace && row.namespace !== wanted.namespace) return false;
  if (wanted.node && row.node !== wanted.node) return false;
  if (!wanted.text) return true;
  let text = searchable.get(index);
  if (text === undefined) {
    const parts = [row.message, row.name, row.namespace, row.analyzer, row.confidence, ...row.places];
    text = parts
      .join('\n')
      .replace(/[\uE003\uE004]/g, '')
      .toLowerCase();
    searchable.set(index, text);
  }
  return text.includes(wanted.text);
}

const count = document.createElement('output');

function applyFilter() {
  const fields = new FormData(form);
  for (const key of /** @type {const} */ (['namespace', 'node', 'severity', 'text'])) {
    wanted[key] = String(fields.get(key) ?? '').trim();
  }
  wanted.text = wanted.text.toLowerCase();
  filtering = Object.values(wanted).some((value) => value !== '');
  for (const group of groups.values()) drawGroup(group);
  for (const article of causeList ? [...causeList.children].slice(0, staticCauses) : []) {
    if (article instanceof HTMLElement) article.hidden = filtering && !causeMatches(article);
  }
  drawCauses();
  const shown = filtering ? data.findings.filter((_, index) => matches(index)).length : data.findings.length;
  count.textContent = texts.shown
    .replace('{shown}', shown.toLocaleString(document.documentElement.lang))
    .replace('{total}', data.findings.length.toLocaleString(document.documentElement.lang));
  if (filtering && shown === 0) count.textContent = texts.noMatch;
}

/** @param {HTMLElement} article */
function causeMatches(article) {
  const own = Number(article.dataset.i);
  return (own >= 0 && matches(own)) || groupMatches(Number(article.dataset.number) - 1);
}

/** @param {string} name @param {string} label @param {readonly (readonly [string, string])[]} options */
function select(name, label, options) {
  const node = /** @type {HTMLSelectElement} */ (element('select', ''));
  node.name = name;
  for (const [value, text] of [['', texts.any], ...options]) {
    const option = /** @type {HTMLOptionElement} */ (element('option', '', text));
    option.value = value;
    node.append(option);
  }
  return element('label', '', label, node);
}

/** @param {number} column position in a packed finding */
function distinct(column) {
  const numbers = new Set(data.findings.map((finding) => finding[column]));
  numbers.delete(-1);
  return [...numbers]
    .map((number) => strings[number])
    .sort()
    .map((name) => /** @type {const} */ ([name, name]));
}

function buildFilter() {
  const input = /** @type {HTMLInputElement} */ (element('input', ''));
  input.type = 'search';
  input.name = 'text';
  const names = distinct(2);
  const nodes = distinct(3);
  const reset = button(texts.reset, () => {
    form.reset();
    applyFilter();
  });
  form.append(
    element('label', '', texts.text, input),
    select(
      'severity',
      texts.severity,
      SEVERITIES.map((name) => [name, texts[name]]),
    ),
    ...(names.length > 1 ? [select('namespace', texts.namespace, names)] : []),
    ...(nodes.length > 0 ? [select('node', texts.node, nodes)] : []),
    reset,
    button(texts.expandAll, () => openAll(true)),
    button(texts.collapseAll, () => openAll(false)),
    count,
  );
  let pending = 0;
  form.addEventListener('input', () => {
    clearTimeout(pending);
    pending = setTimeout(applyFilter, 120);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    applyFilter();
  });
  form.setAttribute('aria-label', texts.label);
  form.hidden = data.findings.length < 2;
}

/** @param {boolean} open */
function openAll(open) {
  for (const details of document.querySelectorAll('#causes details, #information details')) {
    /** @type {HTMLDetailsElement} */ (details).open = open;
  }
}
