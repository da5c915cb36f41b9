// Runs first in every npm script, on whatever Node the machine has, so it uses only old syntax: it says in
// one line what is missing instead of letting TypeScript files fail with a stack trace.
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const wanted = manifest.engines.node.replace('>=', '');

function isOlder(version, limit) {
  const have = version.split('.').map(Number);
  const need = limit.split('.').map(Number);
  for (let i = 0; i < need.length; i++) {
    if ((have[i] || 0) !== need[i]) return (have[i] || 0) < need[i];
  }
  return false;
}

function stop(line) {
  console.error(`kubecase: ${line}`);
  process.exit(1);
}

if (!existsSync(new URL('node_modules/vitest', root))) {
  stop('the dependencies are not installed; run `npm ci` first');
}
if (isOlder(process.versions.node, wanted)) {
  const versions = `Node ${process.versions.node} is too old, ${wanted} or newer is needed`;
  stop(`${versions}; \`npm ci\` brings one unless install scripts are switched off`);
}
