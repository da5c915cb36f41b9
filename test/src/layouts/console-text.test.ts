import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { runFailed } from '../../../analyzers/konvoy/run-failed.ts';
import { collectors } from '../../../collectors/index.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { pack, read } from './layout-fixture.ts';

const RUN = `STAGE [Running Preflights]

PLAY [Bootstrap Nodes] ****

TASK [wait-ssh : wait 180 seconds for SSH target connection to become reachable (SSH)] ****
ok: [10.0.128.252]
fatal: [10.0.129.25]: UNREACHABLE! => {"msg": "Failed to connect to the host via ssh: timed out", "unreachable": true}

PLAY RECAP ****
10.0.128.252               : ok=18   changed=0    unreachable=0    failed=0
10.0.129.25                : ok=0    changed=0    unreachable=1    failed=0

STAGE [Deploying Enabled Addons]
dashboard                                                              [OK]
traefik                                                                [ERROR]

Error: error installing: the following 1 addon failed to deploy: [ traefik ]
`;
const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n';

// The index of analyzers is generated; a new one may not be in it yet.
const all = [...new Map([...analyzers, runFailed].map((one) => [one.meta.id, one])).values()];

function put(text: string | Buffer, name = 'console.txt'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

function analyze(...inputs: string[]) {
  return analyzeInputs(inputs, { analyzers: all, collectors });
}

function accused({ findings }: Awaited<ReturnType<typeof analyze>>): string[] {
  const own = findings.filter(({ analyzerId }) => !analyzerId.startsWith('collection/'));
  return own.map(({ analyzerId, subject }) => `${analyzerId} ${subject.name}`);
}

describe('console text of a run', () => {
  it.each([
    ['a file', () => read(put(RUN))],
    ['a file with colours', () => read(put(RUN.replace(/^(STAGE.*)$/gm, '\u001b[1m$1\u001b[0m')))],
    ['standard input', () => read('-', { stdin: Readable.from([Buffer.from(RUN)]) })],
  ])('is one document, as %s', async (_name, make) => {
    const { reading, seen } = await make();

    expect(reading.layout.id).toBe('console-text');
    expect(reading.incomplete).toBeUndefined();
    expect(seen.map(({ entry }) => entry.kind === 'document' && entry.artifact)).toEqual(['console-run']);
  });

  it('beside other files of a bundle is none of it', async () => {
    const { reading, seen } = await read(pack({ 'a.txt': RUN, 'pod.yaml': POD }));

    expect(reading.layout.id).toBe('kubectl-get');
    expect(seen.map(({ path }) => path)).toEqual(['pod.yaml']);
  });

  it('is told from objects of kubectl in one file, and from any other text', async () => {
    expect((await read(put(POD, 'pod.yaml'))).seen[0]?.content).toEqual(['resources:core/Pod web']);
    expect((await read('-', { stdin: Readable.from([Buffer.from(POD)]) })).seen).toHaveLength(1);
    const error = await read(put('hello\nworld\n')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'UserError', code: 'input-not-bundle' });
  });

  it('gives its findings, alone and beside the bundle of the cluster, to which it adds them only', async () => {
    const cluster = await troubledCluster(['shop']);
    const { result } = await collectBundle(fakeKube(cluster), collectors);

    const [alone, bundle, both] = [
      await analyze(put(RUN)),
      await analyze(result.file),
      await analyze(result.file, put(RUN)),
    ];

    const said = (report: Awaited<ReturnType<typeof analyze>>) =>
      report.findings
        .filter(({ analyzerId }) => analyzerId === 'konvoy/run-failed')
        .map(({ messageId }) => messageId);
    expect(said(alone).sort()).toEqual(['addonFailed', 'hostUnreachable']);
    expect(said(bundle)).toEqual([]);
    expect(said(both)).toEqual(said(alone));
    expect(both.bundles.map(({ layout }) => layout)).toEqual(['kubecase', 'console-text']);
    const others = (report: typeof both) =>
      report.findings
        .filter(({ analyzerId }) => analyzerId !== 'konvoy/run-failed')
        .map(({ id }) => id)
        .sort();
    expect(others(both)).toEqual(others(bundle));
  });

  it('cut anywhere accuses nothing more, and damaged nothing it does not name', async () => {
    const whole = await analyze(put(RUN));
    for (const cut of cuts(Buffer.from(RUN), 8)) {
      const report = await analyze(put(cut)).catch((error: unknown) => error);
      if (report instanceof Error) expect(report).toMatchObject({ name: 'UserError' });
      else expect(accused(whole)).toEqual(expect.arrayContaining(accused(report as typeof whole)));
    }
    for (const damaged of bitFlips(Buffer.from(RUN), 30)) {
      const report = await analyze(put(damaged)).catch((error: unknown) => error);
      if (report instanceof Error) {
        expect(report).toMatchObject({ name: 'UserError' });
        continue;
      }
      const { results } = report as typeof whole;
      expect(results.filter(({ status }) => status === 'error')).toEqual([]);
      for (const name of accused(report as typeof whole).map((one) => one.replace(/^\S+ /, '')))
        expect(damaged.toString()).toContain(name);
    }
  });
});
