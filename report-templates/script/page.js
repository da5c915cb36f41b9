// @ts-check
// Tables of facts, copying, permalinks, printing.

function completeTables() {
  for (const [key, rest] of Object.entries(data.facts)) {
    const body = document.querySelector(`table[data-table="${key}"] tbody`);
    const holder = body?.closest('details');
    if (!body || !holder) continue;
    holder.querySelector('.shown')?.remove();
    let drawn = 0;
    const more = button(counted(texts.showMore, rest.length), () => {
      for (const cells of rest.slice(drawn, drawn + STEP)) {
        body.append(element('tr', '', ...cells.map((cell) => element('td', '', cell))));
      }
      drawn += STEP;
      more.hidden = drawn >= rest.length;
      more.textContent = counted(texts.showMore, rest.length - drawn);
    });
    holder.append(more);
  }
}

/** @param {ParentNode} root */
function addCopyButtons(root) {
  for (const node of root.querySelectorAll('[data-copy]')) {
    const holder = /** @type {HTMLElement} */ (node);
    const text = holder.dataset.copy || holder.textContent || '';
    const copy = button(texts.copy, async () => {
      copy.textContent = (await copyText(text)) ? texts.copied : texts.copy;
      setTimeout(() => {
        copy.textContent = texts.copy;
      }, 1500);
    });
    holder.classList.add('with-button');
    holder.append(copy);
  }
}

/** @param {string} text */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = /** @type {HTMLTextAreaElement} */ (element('textarea', ''));
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id) return;
  const target = document.getElementById(id) ?? renderTarget(id);
  if (!target) return;
  for (let node = target; node; node = /** @type {HTMLElement} */ (node.parentElement)) {
    if (node instanceof HTMLDetailsElement) node.open = true;
  }
  target.scrollIntoView();
}

/** A finding without a static row: shows its group, or its cause, down to it. @param {string} id */
function renderTarget(id) {
  const index = data.findings.findIndex((finding) => anchorOf(strings[finding[4]]) === id);
  if (index < 0) return null;
  const cause = data.causes.findIndex(([finding]) => finding === index);
  if (cause >= 0) {
    causeLimit = Math.max(causeLimit, cause + 1);
    drawCauses();
    return claim(madeCauses[cause], id);
  }
  for (const group of groups.values()) {
    const position = data.groups[group.key].indexOf(index);
    if (position < 0) continue;
    group.limit = Math.max(group.limit, position + 1);
    drawGroup(group);
    return claim(/** @type {HTMLElement} */ (group.kept.get(index)), id);
  }
  return null;
}

/** @param {HTMLElement | undefined} node @param {string} id */
function claim(node, id) {
  if (node) node.id = id;
  return node ?? null;
}

/** As anchorOf in src/report/page/page-context.ts. @param {string} fingerprint */
function anchorOf(fingerprint) {
  return `f-${fingerprint.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

function openForPrint() {
  const folded = [...document.querySelectorAll('#causes details, #unseen details, #checklists details')];
  const closed = folded.filter((details) => !(/** @type {HTMLDetailsElement} */ (details).open));
  for (const details of closed) /** @type {HTMLDetailsElement} */ (details).open = true;
  addEventListener(
    'afterprint',
    () => {
      for (const details of closed) /** @type {HTMLDetailsElement} */ (details).open = false;
    },
    { once: true },
  );
}
