// @ts-check
// Causes beyond the static ones.

const causeList = document.getElementById('cause-list');
const staticCauses = causeList ? causeList.children.length : 0;
/** @type {HTMLElement[]} */
const madeCauses = [];
let causeLimit = 0;
const moreCauses = button('', () => {
  causeLimit += STEP;
  drawCauses();
});

/** @param {number} position */
function makeCause(position) {
  const [finding, messageIndex, reachIndex, remedy, ...numbers] = data.causes[position];
  const row = finding < 0 ? undefined : rowAt(finding);
  const read = reader(numbers, row?.name ?? '', row?.namespace ?? '');
  const ownMessage = read(messageIndex);
  const facts = [row?.since, read(reachIndex)].filter((fact) => fact);
  const number = staticCauses + position;
  const heading = element('h3', '', element('span', 'number', String(number + 1)), ' ');
  heading.append(prose(row?.message ?? ownMessage));
  const article = element('article', 'cause', heading);
  article.dataset.i = String(finding);
  article.dataset.number = String(number + 1);
  if (row) {
    article.append(
      element('p', 'labels', severityLabel(row.severity), ' ', element('span', 'confidence', row.confidence)),
    );
  }
  if (facts.length > 0) article.append(element('p', 'quiet', facts.join(' · ')));
  if (row) article.append(...evidenceNodes(finding, row));
  const steps = stepsOf(data.remedies[remedy], read);
  if (steps) article.append(element('h4', '', texts.remedy), steps);
  for (const details of [makeGroup(`m${number}`, texts.members), makeGroup(`s${number}`, texts.symptoms)]) {
    if (details) article.append(details);
  }
  addCopyButtons(article);
  return article;
}

/** @param {readonly number[]} remedy @param {(index: number) => string} read */
function stepsOf(remedy, read) {
  if (remedy.length === 0) return undefined;
  const list = element('ol', 'steps');
  for (let at = 0; at < remedy.length; at += 2) {
    const item = element('li', '', element('p', '', ...read(remedy[at]).split('`')));
    const command = read(remedy[at + 1]);
    if (command) {
      const pre = element('pre', 'command', element('code', '', command));
      pre.dataset.copy = '';
      item.append(pre);
    }
    list.append(item);
  }
  return list;
}

function drawCauses() {
  /** @type {Set<HTMLElement>} */
  const visible = new Set();
  let matching = 0;
  for (const [position, [finding]] of data.causes.entries()) {
    if (filtering && (finding < 0 || !matches(finding)) && !groupMatches(staticCauses + position)) continue;
    matching += 1;
    if (visible.size >= Math.max(causeLimit, filtering ? STEP : 0)) continue;
    madeCauses[position] ??= makeCause(position);
    visible.add(madeCauses[position]);
  }
  for (const made of madeCauses) if (made && !visible.has(made)) made.remove();
  causeList?.append(...visible);
  const rest = matching - visible.size;
  moreCauses.hidden = rest <= 0;
  moreCauses.textContent = counted(texts.showMore, rest.toLocaleString(document.documentElement.lang));
}

/** @param {number} number */
function groupMatches(number) {
  return [`s${number}`, `m${number}`].some((key) => data.groups[key]?.some(matches));
}
