// @ts-check
// The data block: strings are templates, each finding brings its own names and numbers.

/** @type {import('../../src/report/page/data-block.ts').DataBlock} */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '');
const { strings, texts } = data;
/** Rows added by one press of the button. */
const STEP = 200;
const SEVERITIES = ['critical', 'warning', 'info'];
const MARKS = /[\uE000\uE001\uE002]/g;

/** @param {readonly number[]} numbers @param {string} name @param {string} namespace */
function reader(numbers, name, namespace) {
  let next = 0;
  return (/** @type {number} */ index) => {
    const template = index < 0 ? '' : strings[index];
    return template.replace(MARKS, (mark) => {
      if (mark === '\uE000') return name;
      return mark === '\uE001' ? namespace : String(numbers[next++]);
    });
  };
}

/** @typedef {{ severity: string, analyzer: string, confidence: string, message: string, since: string,
 *   places: string[], name: string, namespace: string, node: string, fingerprint: string }} Row */

/** @type {Map<number, Row>} */
const rows = new Map();

/** @param {number} index @returns {Row} */
function rowAt(index) {
  const known = rows.get(index);
  if (known) return known;
  const [shapeIndex, name, namespace, node, fingerprint, ...numbers] = data.findings[index];
  const [severity, analyzer, confidence, message, since, ...places] = data.shapes[shapeIndex];
  const own = { name: strings[name], namespace: namespace < 0 ? '' : strings[namespace] };
  const read = reader(numbers, own.name, own.namespace);
  const row = {
    ...own,
    severity: SEVERITIES[severity],
    analyzer: strings[analyzer],
    confidence: strings[confidence],
    message: read(message),
    since: read(since),
    places: places.map(read),
    node: node < 0 ? '' : strings[node],
    fingerprint: strings[fingerprint],
  };
  rows.set(index, row);
  return row;
}
