import { describe, expect, it } from 'vitest';
import { OTHER_LAYOUT } from '../../../src/layouts/other-layouts.ts';
import type { BundleFile } from '../../support/foreign-bundles.ts';
import { OBJECT_LAYOUTS } from '../../support/object-layouts.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { pack, read, unpack } from './layout-fixture.ts';

const SUPPORT: Readonly<Record<string, string>> = Object.freeze({
  'b-support/version.yaml': 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n',
  'b-support/cluster-resources/nodes.json': '{"kind":"NodeList","apiVersion":"v1","items":[]}',
});
const GATHERED: Readonly<Record<string, string>> = Object.freeze({
  'cluster-scoped-resources/core/nodes/n1.yaml': 'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n',
});

function below(root: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${root}${path}`, text]));
}

function nodeArchive(node: string): Record<string, string> {
  return {
    [`${node}/node-archive.json`]: `{"format":"kubecase-node-archive","formatVersion":1,"node":"${node}","time":"2026-03-01T12:00:00Z"}\n`,
    [`${node}/logs/_node/${node}/kubelet.log`]: 'one\n',
  };
}

async function others(input: string): Promise<[layout: string, problems: string[]]> {
  const { reading } = await read(input);
  const told = reading.summary.problems.filter(({ code }) => code === OTHER_LAYOUT);
  if (told.length > 0) expect(reading.incomplete).toContain(told[0]!.message);
  return [reading.layout.id, told.map(({ message }) => message)];
}

function second(title: string): string {
  return `the input holds a second bundle, which is not read: ${title}; give it as an input of its own`;
}

describe('several bundles in one input', () => {
  it.each([
    [
      'a must-gather before a support bundle',
      { ...below('a-gathered/', GATHERED), ...SUPPORT },
      ['must-gather', [second('troubleshoot support bundle below b-support/')]],
    ],
    [
      'a must-gather behind a support bundle',
      { ...SUPPORT, ...below('c-gathered/', GATHERED) },
      ['troubleshoot', [second('OpenShift must-gather')]],
    ],
    [
      'files of several nodes',
      { ...nodeArchive('n1'), ...nodeArchive('n2'), ...nodeArchive('n3') },
      ['node-archive', ['n2', 'n3'].map((node) => second(`kubecase node archive below ${node}/`))],
    ],
  ])('%s are told apart and named', async (_name, files, expected) => {
    expect(await others(pack(files))).toEqual(expected);
    expect((await others(unpack(files)))[1]).toHaveLength(expected[1]!.length);
  });

  it('are named up to a number', async () => {
    const files = Array.from({ length: 20 }, (_, index) => nodeArchive(`n${index}`));

    expect((await others(pack(Object.assign({}, ...files))))[1]).toHaveLength(8);
  });

  it.each(Object.entries(OBJECT_LAYOUTS))('are not seen in one of %s', async (id, filesOf) => {
    const files: readonly BundleFile[] = filesOf(await troubledCluster(['shop', 'yamls', 'bundles']));
    const plain = { ...Object.fromEntries(files), 'README.txt': 'read me\n', 'notes/today.txt': 'notes\n' };

    expect(await others(pack(plain))).toEqual([id, []]);
  });
});

describe('an input of no known layout', () => {
  async function refusal(files: Readonly<Record<string, string>>): Promise<string> {
    const error = await read(unpack(files)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'UserError', code: 'input-not-bundle' });
    return (error as Error).message.replace(/^[^:]*: /, '');
  }

  it('is named with what its files look like', async () => {
    const message = await refusal({
      'a/run.txt': 'STAGE [Running Preflights]\n\nPLAY [Bootstrap Nodes] ****\n',
      'b/inner.tar.xz': 'x',
      'c/one.log': 'one\n',
      'c/two.log': 'two\n',
      'd/values.yaml': 'image: x\n',
      'e/other.bin': 'x',
    });

    expect(message).toBe(
      'no bundle and no Kubernetes object is in it; recognised in 6 files: ' +
        'console text of a run (1: a/run.txt), archives (1: b/inner.tar.xz), logs (2: c/one.log, …), ' +
        'YAML or JSON without apiVersion and kind (1: d/values.yaml)',
    );
  });

  it('and of no known file is not said to be more', async () => {
    expect(await refusal({ 'a.bin': 'x' })).toBe('no bundle and no Kubernetes object is in it');
  });
});
