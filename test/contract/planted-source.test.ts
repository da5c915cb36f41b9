import { describe, expect, it } from 'vitest';
import { plantedTree } from './planted-tree.ts';
import { docCommentViolations, fileViolations, scriptViolations } from './rules/files.ts';
import { valueImports } from './rules/imports.ts';
import { cycleViolations, layerViolations } from './rules/layers.ts';
import { purityViolations } from './rules/purity.ts';
import { lines, type SourceTree } from './rules/source-tree.ts';

const ANALYZER = 'analyzers/node/gauge-stuck.ts';
const COLLECTOR = 'collectors/node/gauges.ts';

async function layerLines(tree: SourceTree): Promise<string[]> {
  return lines(layerViolations(tree.keys(), await valueImports(tree)));
}

describe('a planted import', () => {
  it.each([
    ['of a built-in module', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['of a package', "import { parse } from 'js-yaml';", 'js-yaml'],
    [
      'of a collector',
      "import { gauges } from '../../collectors/node/gauges.ts';",
      'collectors/node/gauges.ts',
    ],
    ['of another analyzer', "import { other } from './other.ts';", 'analyzers/node/other.ts'],
    [
      'that only looks like a type',
      "import { type Gauge } from '../../src/kube/gauge.ts';",
      'src/kube/gauge.ts',
    ],
    ['made late', "export const x = () => import('../../src/kube/gauge.ts');", 'src/kube/gauge.ts'],
    ['handed on', "export { Gauge } from '../../src/kube/gauge.ts';", 'src/kube/gauge.ts'],
  ])('%s is refused in an analyzer', async (_, source, target) => {
    const found = await layerLines(plantedTree({ [ANALYZER]: source }));

    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${target} at run time`);
    expect(found[0]).toContain('name what it lacks in `needs`');
  });

  it.each([
    ['src/model/x.ts', "import '../artifacts/x.ts';"],
    ['src/redact/x.ts', "import 'node:fs';"],
    ['src/scan/x.ts', "import 'node:crypto';"],
    ['src/bundle/x.ts', "import '../kube/gauge.ts';"],
    ['src/report/x.ts', "import '../bundle/x.ts';"],
    ['src/collect/x.ts', "import '../kube/gauge.ts';"],
    ['src/analyze/x.ts', "import('../kube/gauge.ts');"],
    ['src/serve/x.ts', "import '../cli/main.ts';"],
    ['src/cli/x.ts', "import 'handlebars';"],
    ['collectors/node/gauges.ts', "import 'node:fs';"],
  ])('is refused in %s', async (path, source) => {
    const found = await layerLines(plantedTree({ [path]: source }));

    expect(found).toEqual([expect.stringContaining(path)]);
  });

  it('of src/kube is allowed in src/collect when it is late', async () => {
    const tree = plantedTree({ 'src/collect/x.ts': "export const kube = () => import('../kube/gauge.ts');" });

    expect(await layerLines(tree)).toEqual([]);
  });

  it('makes a cycle visible', async () => {
    const tree = plantedTree({
      'src/scan/a.ts': "import './b.ts';",
      'src/scan/b.ts': "import './c.ts';",
      'src/scan/c.ts': "import './a.ts';",
    });

    expect(lines(cycleViolations(await valueImports(tree)))).toEqual([
      expect.stringContaining('src/scan/a.ts, src/scan/b.ts, src/scan/c.ts'),
    ]);
  });

  it('is no cycle when one side is types', async () => {
    const tree = plantedTree({
      'src/scan/a.ts': "import './b.ts';",
      'src/scan/b.ts': "import type { A } from './a.ts';",
    });

    expect(lines(cycleViolations(await valueImports(tree)))).toEqual([]);
  });

  it('from a folder without a layer is refused', async () => {
    expect(await layerLines(plantedTree({ 'src/other/x.ts': '' }))).toEqual([
      expect.stringContaining('belongs to no layer'),
    ]);
  });
});

describe('planted impurity', () => {
  it.each([
    ['Date.now', ANALYZER, 'const x = Date.now();'],
    ['new Date()', ANALYZER, 'const x = new Date();'],
    ['new Date()', 'src/diagnose/x.ts', 'const x = new Date( );'],
    ['Date()', 'src/derive/x.ts', 'const x = Date();'],
    ['performance.now', 'src/scan/x.ts', 'const x = performance.now();'],
    ['timers', 'src/redact/x.ts', 'setTimeout(() => {}, 1);'],
    ['Math.random', ANALYZER, 'const x = Math.random();'],
    ['async', ANALYZER, 'const x = async () => 1;'],
    ['await', ANALYZER, 'await x;'],
    ['process', ANALYZER, 'const x = process.env.HOME;'],
    ['console', ANALYZER, 'console.log(1);'],
    ['try/catch', ANALYZER, 'try { x(); } catch {}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted source holds a template.
    ['Date.now', ANALYZER, 'const x = `${Date.now()}`;'],
    ['try/catch', COLLECTOR, 'try { x(); } catch {}'],
    ['.catch()', COLLECTOR, 'x.catch(() => undefined);'],
    ['console', COLLECTOR, 'console.log(1);'],
  ])('is found: %s in %s', (what, path, source) => {
    const found = lines(purityViolations(plantedTree({ [path]: `// first line\n${source}\n` })));

    expect(found).toEqual([expect.stringContaining(`${path}: line 2 uses ${what}`)]);
  });
});

describe('a planted file', () => {
  it.each([
    ['src/scan/utils.ts', '', '`utils` says nothing'],
    ['src/helpers/x.ts', '', '`helpers` says nothing'],
    ['src/scan/camelCase.ts', '', 'kebab-case'],
    ['src/scan/long.ts', 'x;\n'.repeat(301), 'has 301 lines'],
    ['src/scan/x.ts', 'export default 1;\n', 'default export'],
    ['src/scan/x.ts', "export * from './a.ts';\n", 'barrel'],
  ])('%s is refused', (path, text, message) => {
    expect(lines(fileViolations(plantedTree({ [path]: text })))).toEqual([expect.stringContaining(message)]);
  });

  it('of 300 lines passes', () => {
    expect(fileViolations(plantedTree({ 'src/scan/long.ts': 'x;\n'.repeat(300) }))).toEqual([]);
  });

  it.each(['export function bare(): void {}', 'export interface Bare {}', 'export class Bare {}'])(
    'with an undocumented export is refused: %s',
    (source) => {
      const tree = plantedTree({ 'src/scan/x.ts': `/** Sound. */\nexport const x = 1;\n${source}\n` });

      expect(lines(docCommentViolations(tree))).toEqual([expect.stringMatching(/bare has no doc comment/i)]);
    },
  );

  it('with a thirteenth npm script is refused', () => {
    const scripts = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`script-${index}`, '']));

    expect(scriptViolations({ scripts })).toHaveLength(1);
    const { 'script-12': _, ...twelve } = scripts;
    expect(scriptViolations({ scripts: { ...twelve, prepack: '' } })).toEqual([]);
  });
});
