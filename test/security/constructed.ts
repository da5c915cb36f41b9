/*
 * Prints, as JSON, every expression that modules of src/, analyzers/ and collectors/ construct as they are
 * loaded. A process of its own: the constructor has to be replaced before the first of them.
 */
import { fileURLToPath } from 'node:url';
import { sourceFiles } from './expressions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const found: { source: string; flags: string; place: string }[] = [];
const native = globalThis.RegExp;

globalThis.RegExp = new Proxy(native, {
  construct(target, args, newTarget) {
    const made = Reflect.construct(target, args, newTarget) as RegExp;
    const line = new Error().stack?.split('\n').find((one) => /\/(src|analyzers|collectors)\//.test(one));
    const at = line && native.prototype.exec.call(/((?:src|analyzers|collectors)\/[^):]+:\d+)/, line);
    if (at && !line.includes('node_modules'))
      found.push({ source: made.source, flags: made.flags, place: at[1] as string });
    return made;
  },
});

for (const folder of ['src', 'analyzers', 'collectors']) {
  for (const path of sourceFiles(ROOT, folder)) await import(`${ROOT}${path}`);
}
process.stdout.write(JSON.stringify(found));
