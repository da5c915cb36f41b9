// @ts-check
// Parts of the page made from the data block: everything in it is set as text, never as markup.

/** @param {string} text @param {string | number} n */
const counted = (text, n) => text.replace('{n}', String(n));

/**
 * @param {string} tag @param {string} name
 * @param {...(Node | string | undefined)} children
 */
function element(tag, name, ...children) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  for (const child of children) if (child !== undefined) node.append(child);
  return node;
}

/** @param {string} label @param {() => void} act */
function button(label, act) {
  const node = /** @type {HTMLButtonElement} */ (element('button', '', label));
  node.type = 'button';
  node.addEventListener('click', act);
  return node;
}
