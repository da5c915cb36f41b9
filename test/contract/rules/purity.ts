import { codeOnly, modulesBelow, type SourceTree, type Violation } from './source-tree.ts';

interface Ban {
  readonly folders: readonly string[];
  /** Code that may not appear, with what to say of it. */
  readonly code: readonly { readonly pattern: RegExp; readonly what: string }[];
  readonly instead: string;
}

const CLOCKS = [
  { pattern: /\bDate\s*\.\s*now\b/, what: 'Date.now' },
  { pattern: /\bnew\s+Date\s*(\(\s*\)|[;,)\]}]|$)/m, what: 'new Date()' },
  { pattern: /(?<!new\s+|[.\w])Date\s*\(/, what: 'Date()' },
  { pattern: /\bperformance\s*\.\s*(now|timeOrigin|mark|measure)\b/, what: 'performance.now' },
  { pattern: /\bhrtime\b/, what: 'process.hrtime' },
  { pattern: /(?<![.\w])set(Timeout|Interval|Immediate)\s*\(/, what: 'timers' },
  { pattern: /\bTemporal\s*\.\s*Now\b/, what: 'Temporal.Now' },
];

const BANS: readonly Ban[] = [
  {
    folders: [
      'src/derive',
      'analyzers',
      'src/diagnose',
      'src/redact',
      'src/scan',
      'src/artifacts',
      'src/model',
    ],
    code: [...CLOCKS, { pattern: /\bMath\s*\.\s*random\b/, what: 'Math.random' }],
    instead: 'the same bundle gives the same report on any day: ask `age(timestamp, item)`',
  },
  {
    folders: ['analyzers', 'src/derive'],
    code: [
      { pattern: /(?<![.\w])async\b/, what: 'async' },
      { pattern: /(?<![.\w])await\b/, what: 'await' },
      { pattern: /(?<![.\w])Promise\s*\./, what: 'Promise' },
      { pattern: /(?<![.\w])queueMicrotask\b/, what: 'queueMicrotask' },
      { pattern: /(?<![.\w])fetch\s*\(/, what: 'fetch' },
      { pattern: /(?<![.\w])process\s*[.[]/, what: 'process' },
      { pattern: /(?<![.\w])globalThis\b/, what: 'globalThis' },
      { pattern: /(?<![.\w])console\s*\./, what: 'console' },
      { pattern: /(?<![.\w])try\s*\{/, what: 'try/catch' },
    ],
    instead: 'an analyzer is a pure, synchronous function; the engine catches what it throws',
  },
  {
    folders: ['collectors'],
    code: [
      { pattern: /(?<![.\w])try\s*\{/, what: 'try/catch' },
      { pattern: /\.\s*catch\s*\(/, what: '.catch()' },
      { pattern: /(?<![.\w])console\s*\./, what: 'console' },
      { pattern: /(?<![.\w])process\s*[.[]/, what: 'process' },
      { pattern: /(?<![.\w])fetch\s*\(/, what: 'fetch' },
    ],
    instead: 'put the read into the source handed to bundle.add: the engine catches and records',
  },
];

/** No clock, no chance and no effect outside where they belong. */
export function purityViolations(tree: SourceTree): Violation[] {
  const violations: Violation[] = [];
  for (const { folders, code, instead } of BANS) {
    for (const path of folders.flatMap((folder) => modulesBelow(tree, folder))) {
      const text = codeOnly(tree.get(path) ?? '');
      for (const { pattern, what } of code) {
        const at = text.search(pattern);
        if (at < 0) continue;
        const line = text.slice(0, at).split('\n').length;
        violations.push({ path, message: `line ${line} uses ${what}: ${instead}` });
      }
    }
  }
  return violations;
}
