import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatedIndexes, staleFiles } from '../../scripts/generated-files.ts';
import { analyzersReference, cliReference, collectorsReference } from '../../scripts/reference.ts';
import { plantedAnalyzer, plantedCollector } from '../contract/planted-tree.ts';

describe('the generated indexes', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kubecase-gen-'));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function plant(path: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }

  it('are empty lists when there are no units', async () => {
    const indexes = await generatedIndexes(root);

    expect(indexes.get('analyzers/index.ts')).toContain('AnyAnalyzer[] = [\n];');
    expect(indexes.get('collectors/index.ts')).toContain('AnyCollector[] = [\n];');
  });

  it('name equal names of two domains apart and sort by id', async () => {
    await plant('analyzers/node/lost.ts');
    await plant('analyzers/kong/lost.ts');
    await plant('analyzers/kong/lost.md');

    const index = (await generatedIndexes(root)).get('analyzers/index.ts');

    expect(index).toContain("import { lost as kongLost } from './kong/lost.ts';");
    expect(index).toContain('[\n  kongLost,\n  nodeLost,\n];');
  });

  it('are stale when missing or different, and not when written', async () => {
    const indexes = await generatedIndexes(root);
    await plant('analyzers/index.ts');

    expect(await staleFiles(indexes, root)).toEqual(['analyzers/index.ts', 'collectors/index.ts']);

    for (const [path, content] of indexes) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    expect(await staleFiles(indexes, root)).toEqual([]);
  });
});

describe('the reference pages', () => {
  it('show messages and needs of an analyzer', () => {
    const page = analyzersReference([plantedAnalyzer({ message: { severity: ['critical', 'warning'] } })]);

    expect(page).toContain('## node/gauge-stuck');
    expect(page).toContain('Needs: `gauge`, `logs`.');
    expect(page).toContain('| `stuck` | critical or warning | certain | {node:object} reads');
    expect(page).toContain('References:\n\n- https://example.org/gauges');
  });

  it('show the checks of an analyzer that belong to a checklist', () => {
    const counted = analyzersReference([plantedAnalyzer()]);
    const listed = analyzersReference([plantedAnalyzer({ check: { checklist: 'check-preflight' } })]);

    expect(counted).not.toContain('| Gauge |');
    expect(listed).toContain('| System prerequisites (as `konvoy check preflight`) | Gauge | moves |');
  });

  it('show what a collector produces and when it runs', () => {
    const page = collectorsReference([plantedCollector({ meta: { optIn: '--gauges' } })]);

    expect(page).toContain('Produces: `gauge` (Reading of a gauge), `logs` (Container logs).');
    expect(page).toContain('Runs only with `--gauges`.');
  });

  it('show commands, arguments and options, without the hidden ones', () => {
    const program = new Command('tool');
    program
      .command('tap')
      .description('Taps.')
      .argument('<gauge...>', 'which ones')
      .addOption(new Option('-f, --force <n|all>', 'how hard').default('1').env('FORCE'))
      .addOption(new Option('--secret', 'nobody sees').hideHelp());

    const page = cliReference(program);

    expect(page).toContain('tool tap [options] <gauge...>');
    expect(page).toContain('| `gauge…` | which ones |');
    expect(page).toContain('| `-f, --force <n\\|all>` | how hard; environment `FORCE` | 1 |');
    expect(page).not.toContain('--secret');
  });
});
