import { describe, expect, it } from 'vitest';
import { LEFTOVER } from '../../scripts/scaffold.ts';
import { pods } from '../../src/artifacts/resources.ts';
import { document, logSignals, optional, samples } from '../../src/model/artifact.ts';
import { gauge, plantedAnalyzer, plantedCollector, plantedRegistry, plantedTree } from './planted-tree.ts';
import { docCommentViolations, fileViolations } from './rules/files.ts';
import { valueImports } from './rules/imports.ts';
import { cycleViolations, layerViolations } from './rules/layers.ts';
import { messageViolations } from './rules/messages.ts';
import { purityViolations } from './rules/purity.ts';
import { literalViolations, needViolations, rbacViolations, tokenViolations } from './rules/registry.ts';
import { lines } from './rules/source-tree.ts';
import { leftoverViolations, unitViolations } from './rules/units.ts';
import { sampleDiscovery } from './sample-discovery.ts';

const ANALYZER = 'analyzers/node/gauge-stuck.ts';

describe('sound units', () => {
  it('break no rule', async () => {
    const tree = plantedTree();
    const registry = plantedRegistry();
    const imports = await valueImports(tree);

    const found = [
      ...layerViolations(tree.keys(), imports),
      ...cycleViolations(imports),
      ...purityViolations(tree),
      ...fileViolations(tree),
      ...docCommentViolations(tree),
      ...unitViolations(tree, registry),
      ...leftoverViolations(tree),
      ...messageViolations(registry.analyzers),
      ...needViolations(registry),
      ...tokenViolations(registry),
      ...literalViolations(registry),
      ...rbacViolations(registry.collectors, sampleDiscovery),
    ];

    expect(lines(found)).toEqual([]);
  });
});

describe('a planted unit', () => {
  const page = 'analyzers/node/gauge-stuck.md';
  const test = 'test/analyzers/node/gauge-stuck.test.ts';

  it.each([
    ['without a page', { [page]: undefined }, 'the page is missing'],
    ['with another title on its page', { [page]: '# Other\n\n## Meaning\n\na' }, 'has the headings # Other'],
    [
      'with an empty section',
      { [page]: '# Stuck gauge\n\n## Meaning\n\n## Impact\n\na\n\n## Diagnosis\n\na\n\n## Remedy\n\na\n' },
      'empty section',
    ],
    ['without a test', { [test]: undefined }, 'has no test'],
    [
      'whose test has no table',
      { [test]: "it('works', () => {});" },
      'does not call testAnalyzer(gaugeStuck',
    ],
    ['with another export', { [ANALYZER]: 'export const stuckGauge = {};\n' }, 'exports no `gaugeStuck`'],
    ['that is gone but for its files', { [ANALYZER]: undefined }, 'belongs to no unit'],
    ['without a collector page', { 'collectors/node/gauges.md': undefined }, 'the page is missing'],
    ['without a collector test', { 'test/collectors/node/gauges.test.ts': undefined }, 'has no test'],
  ])('%s is refused', (_, change, message) => {
    const found = lines(unitViolations(plantedTree(change), plantedRegistry()));

    expect(found.join('\n')).toContain(message);
  });

  it('with an id that is not its path is refused', () => {
    const analyzers = [plantedAnalyzer({ meta: { id: 'node/gauge-broken' } })];

    expect(lines(unitViolations(plantedTree(), plantedRegistry({ analyzers })))).toEqual(
      expect.arrayContaining([
        expect.stringContaining('analyzers/node/gauge-broken.ts: no such file'),
        expect.stringContaining(`${ANALYZER}: no registered unit`),
      ]),
    );
  });

  it('in an unknown domain is refused', () => {
    const tree = plantedTree({ 'analyzers/gauges/stuck.ts': 'export const stuck = {};\n' });

    expect(lines(unitViolations(tree, plantedRegistry())).join('\n')).toContain('lies in no domain');
  });

  it.each([ANALYZER, page, test])('with a leftover of the scaffold in %s is refused', (path) => {
    const found = lines(leftoverViolations(plantedTree({ [path]: `a\n${LEFTOVER}\n` })));

    expect(found).toEqual([`${path}: line 2 still says ${LEFTOVER}`]);
  });
});

describe('a planted message', () => {
  it.each([
    ['an unknown tag', { text: '{node:node} {gauge:text}.' }, '{node:node} has no known tag'],
    [
      'a placeholder without a tag',
      { text: '{node:object} {gauge:text} {x}.' },
      'a brace that belongs to no',
    ],
    ['two tags for one name', { text: '{node:object} {gauge:count}.' }, '{gauge} has two tags'],
    ['no remedy', { text: '{gauge:text}.', remedy: [] }, 'has no remedy'],
    ['an empty remedy', { text: '{gauge:text}.', remedy: [{ text: ' ' }] }, 'remedy step without text'],
    [
      'an argument that names nothing',
      { remedy: [{ text: 'Do.', argv: ['{pod.name}'] }], text: '{gauge:text}' },
      'names no placeholder',
    ],
    [
      'an object as a bare argument',
      { remedy: [{ text: '{gauge:text}', argv: ['{node}'] }] },
      'write {x.name}',
    ],
    [
      'a text read as an object',
      { remedy: [{ text: '{gauge:text}', argv: ['{gauge.name}'] }] },
      'write {x.name}',
    ],
    ['a key that names nothing', { key: ['needle'] }, '`key` names needle'],
    ['a group that names nothing', { groupBy: ['needle'] }, '`groupBy` names needle'],
    ['a check that is not there', { check: 'turns' }, '`check` names turns'],
    ['no severity', { severity: [] }, 'empty list of severities'],
    ['a severity of its own', { severity: 'fatal' }, 'unknown severity fatal'],
    [
      'no reason for its confidence',
      { confidence: { level: 'likely', reason: '' } },
      'no reason for its confidence',
    ],
    ['a plea', { text: '{node:object}: please look at {gauge:text}.' }, 'says please'],
    ['an exclamation mark', { text: '{node:object}: {gauge:text}!' }, 'exclamation mark'],
  ])('with %s is refused', (_, message, expected) => {
    const found = lines(messageViolations([plantedAnalyzer({ message })]));

    expect(found.join('\n')).toContain(expected);
  });

  it.each([
    ['an empty text', { found: '' }, '`found` is empty'],
    ['an unknown tag', { found: '{x:y}' }, 'no known tag'],
    ['an unknown checklist', { checklist: 'gauges' }, 'unknown checklist'],
  ])('is refused when its check has %s', (_, check, expected) => {
    expect(lines(messageViolations([plantedAnalyzer({ check })])).join('\n')).toContain(expected);
  });

  it('is missed when there is none', () => {
    expect(lines(messageViolations([plantedAnalyzer({ meta: { messages: {} } })]))).toEqual([
      `${ANALYZER}: has no message`,
    ]);
  });
});

describe('a planted need', () => {
  const level = document({ id: 'level', title: 'Level', contentType: 'text', parse: String });

  it.each([
    ['a document', level],
    ['an optional document', optional(level)],
    ['a kind', pods],
    ['samples of a kind', samples(pods)],
  ])('for %s nobody produces is refused', (_, need) => {
    const analyzers = [plantedAnalyzer({ needs: { level: need } })];

    expect(lines(needViolations(plantedRegistry({ analyzers })))).toEqual([
      expect.stringContaining('which no collector produces'),
    ]);
  });

  it('behind a derived value is found', () => {
    const derived = { type: 'derived', id: 'levels', title: 'Levels', needs: { level }, derive: () => 1 };
    const analyzers = [plantedAnalyzer({ needs: { derived } })];

    expect(lines(needViolations(plantedRegistry({ analyzers })))).toEqual([
      expect.stringContaining('level (Level)'),
    ]);
  });

  it('for any kind is met by a collector of all kinds', () => {
    const analyzers = [plantedAnalyzer({ needs: { pods } })];
    const collectors = [plantedCollector({ meta: { producesAllKinds: true } })];

    expect(needViolations(plantedRegistry({ analyzers, collectors }))).toEqual([]);
  });

  it('for a second declaration of one id is refused', () => {
    const twin = { ...gauge };
    const analyzers = [plantedAnalyzer({ needs: { gauge: twin } })];

    expect(lines(tokenViolations(plantedRegistry({ analyzers })))).toEqual([
      expect.stringContaining('gauge is declared twice'),
    ]);
  });

  it('for a short literal is refused', () => {
    const signals = logSignals({ component: { id: 'x' }, patterns: { short: { any: ['timeout'] } } });
    const analyzers = [plantedAnalyzer({ needs: { signals } })];

    expect(lines(literalViolations(plantedRegistry({ analyzers })))).toEqual([
      expect.stringContaining('"timeout" has 7 bytes'),
    ]);
  });
});

describe('a planted right', () => {
  const why = 'gauges hang on nodes';

  it.each([
    ['for every kind', { apiGroups: [''], resources: ['*'], verbs: ['list'] }, 'holds a `*`'],
    ['for every verb', { apiGroups: [''], resources: ['nodes'], verbs: ['list', '*'] }, 'holds a `*`'],
    ['to write', { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'patch'] }, 'has the verb patch'],
    [
      'that does not cover its lists',
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      'lists nodes without',
    ],
  ])('%s is refused', (_, rule, expected) => {
    const collector = plantedCollector({ rbac: () => [{ rule, why }] });

    expect(lines(rbacViolations([collector], sampleDiscovery)).join('\n')).toContain(expected);
  });

  it('without a reason is refused', () => {
    const rule = { apiGroups: [''], resources: ['nodes'], verbs: ['list'] };
    const collector = plantedCollector({ rbac: () => [{ rule, why: '' }] });

    expect(lines(rbacViolations([collector], sampleDiscovery))).toEqual([
      expect.stringContaining('has no reason'),
    ]);
  });

  it.each([
    ['of a Job it also removes', { resources: ['jobs'], verbs: ['create', 'delete'] }, {}, 0],
    ['of a Job that stays', { resources: ['jobs'], verbs: ['create'] }, {}, 1],
    ['of anything else', { resources: ['configmaps'], verbs: ['create', 'delete'] }, {}, 2],
    ['to change', { resources: ['jobs'], verbs: ['create', 'delete', 'patch'] }, {}, 1],
    ['without a flag', { resources: ['jobs'], verbs: ['create', 'delete'] }, { optIn: undefined }, 1],
    ['without saying so', { resources: ['pods/exec'], verbs: ['create'] }, { createsObjects: undefined }, 1],
  ])('to create, %s, is judged by what the collector declares', (_, rule, meta, problems) => {
    const declared = { optIn: '--gauges', createsObjects: true, ...meta };
    const collector = plantedCollector({
      meta: declared,
      rbac: () => [{ rule: { apiGroups: [''], ...rule }, why: 'needed' }],
    });
    const found = rbacViolations([collector], sampleDiscovery);

    expect(lines(found.filter(({ message }) => !message.startsWith('lists ')))).toHaveLength(problems);
  });
});
