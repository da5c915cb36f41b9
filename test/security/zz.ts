import { mkdtempSync, writeFileSync } from 'node:fs';
import * as C from './hostile-content.ts';
import { HEADERS } from './hostile-headers.ts';
import { NAMES } from './hostile-names.ts';
import { survive } from './survival.ts';

const d = mkdtempSync('/tmp/w2hz-');
const f = d + '/x.tar';
const all = { ...HEADERS, ...NAMES, ...C.CONTENT };
console.log(Object.keys(all).length);
for (const [n, k] of Object.entries(all)) {
  writeFileSync(f, k.tar());
  const s = await survive(f);
  const pods = s.report
    ? s.report.collection.counts.find((c) => c.artifact === 'resources:core/Pod')?.items
    : undefined;
  const m = k.outcome.test(s.outcome) ? 'ok ' : 'NO ';
  console.log(
    m,
    n,
    '|',
    s.outcome.slice(0, 140),
    '| pods',
    pods,
    k.pods?.length ?? 2,
    '|',
    Math.round(s.ms),
    'ms',
    Math.round((s.memory ?? 0) / 1e6),
    'MB',
    s.report?.results.filter((r) => r.status === 'error').length,
  );
}
