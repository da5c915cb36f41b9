import { type AnyAnalyzer, defineAnalyzer } from '../../src/model/analyzer.ts';
import { document, logSignals } from '../../src/model/artifact.ts';
import { type AnyCollector, defineCollector, LOGS_ARTIFACT } from '../../src/model/collector.ts';
import type { Registry } from './rules/units.ts';

/** A document only the planted units know. */
export const gauge = document({
  id: 'gauge',
  title: 'Reading of a gauge',
  contentType: 'text',
  parse: (bytes) => bytes.length,
});

/** Log signals only the planted analyzer knows. */
export const signals = logSignals({
  component: { id: 'gauge' },
  patterns: { stuck: { any: ['needle is stuck'] } },
});

/** An analyzer that breaks no rule; `change` is laid over its meta data, its message and its needs. */
export function plantedAnalyzer(
  change: { meta?: object; message?: object; check?: object; needs?: object } = {},
): AnyAnalyzer {
  const sound = defineAnalyzer({
    meta: {
      id: 'node/gauge-stuck',
      title: 'Stuck gauge',
      description: 'A gauge does not move.',
      messages: {
        stuck: {
          severity: 'warning',
          confidence: { level: 'certain', reason: 'the gauge says so' },
          text: '{node:object} reads {reading:count} on {gauge:text}.',
          remedy: [{ text: 'Tap {gauge:text}.', argv: ['kubectl', 'describe', 'node', '{node.name}'] }],
          key: ['gauge'],
          groupBy: ['gauge'],
          check: 'moves',
        },
      },
      checks: { moves: { item: 'Gauge', expected: 'moves', found: 'reads {reading:count}' } },
      references: ['https://example.org/gauges'],
    },
    needs: { gauge, signals },
    analyze: () => undefined,
  });
  const { message, check } = change;
  return {
    ...sound,
    needs: { ...sound.needs, ...change.needs },
    meta: {
      ...sound.meta,
      messages: { stuck: { ...sound.meta.messages.stuck, ...message } },
      checks: { moves: { ...sound.meta.checks?.moves, ...check } },
      ...change.meta,
    },
  } as AnyAnalyzer;
}

/** A collector that breaks no rule and produces what the planted analyzer needs. */
export function plantedCollector(change: { meta?: object; rbac?: AnyCollector['rbac'] } = {}): AnyCollector {
  const sound = defineCollector({
    meta: {
      id: 'node/gauges',
      title: 'Gauges',
      description: 'Reads the gauges.',
      produces: [gauge, LOGS_ARTIFACT],
    },
    needs: {},
    lists: (discovery) => [discovery.find('', 'Node')].flatMap((node) => (node ? [{ resource: node }] : [])),
    rbac: () => [
      {
        rule: { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list'] },
        why: 'gauges hang on nodes',
      },
    ],
  });
  return { ...sound, ...change, meta: { ...sound.meta, ...change.meta } } as AnyCollector;
}

/** The planted units as a registry. */
export function plantedRegistry(change: Partial<Registry> = {}): Registry {
  return { analyzers: [plantedAnalyzer()], collectors: [plantedCollector()], ...change };
}

const SOUND_FILES: Readonly<Record<string, string>> = {
  'analyzers/node/gauge-stuck.ts': `import { subjectOf } from '../../src/model/subject.ts';
import type { Gauge } from '../../src/kube/gauge.ts';
// Date.now() in a comment and 'new Date()' in a string are no clock.
export const gaugeStuck = { note: 'new Date()', subjectOf, at: (item: Gauge) => new Date(item.time) };
`,
  'analyzers/node/gauge-stuck.md':
    '# Stuck gauge\n\n## Meaning\n\na\n\n## Impact\n\nb\n\n## Diagnosis\n\n```\n# no heading\n```\n\n## Remedy\n\nd\n',
  'test/analyzers/node/gauge-stuck.test.ts': 'testAnalyzer(gaugeStuck, { silent: [], reports: [] });\n',
  'collectors/node/gauges.ts': 'export const gauges = {};\n',
  'collectors/node/gauges.md':
    '# Gauges\n\n## What it reads\n\na\n\n## Permissions\n\nb\n\n## What it leaves out\n\nc\n',
  'test/collectors/node/gauges.test.ts': "import { gauges } from '../../../collectors/node/gauges.ts';\n",
  'src/model/subject.ts': '/** A subject. */\nexport function subjectOf(): void {}\n',
  'src/kube/gauge.ts': '/** A gauge. */\nexport interface Gauge {\n  readonly time: string;\n}\n',
};

/** Source files that break no rule, with some of them replaced, added, or (undefined) taken away. */
export function plantedTree(change: Readonly<Record<string, string | undefined>> = {}): Map<string, string> {
  const files = new Map(Object.entries(SOUND_FILES));
  for (const [path, text] of Object.entries(change)) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return files;
}
