import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { collectors } from '../../../collectors/index.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import type { Report } from '../../../src/model/report.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { subjectKey } from '../../../src/model/subject.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import { bugReportFiles } from '../../support/istio-bug-report.ts';
import { expectLess } from '../../support/report-comparison.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { pack, read, unpack } from './layout-fixture.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop' },
};
const FILES = bugReportFiles({
  objects: [POD],
  logs: {
    'shop/web/istio-proxy': 'now\n========= Previous log present (appended at the end) =========\n',
    'shop/web/istio-proxy/previous': 'before\n========= Previous log =========\nstill before\n',
    'istio-system/istiod-1/discovery': 'one\n========= Previous log =========\ntwo\n',
  },
});

function analyze(input: string): Promise<Report> {
  return analyzeInputs([input], { analyzers, collectors });
}

function findingsOf({ findings }: Report, left: ReadonlySet<string>) {
  return findings
    .filter(({ analyzerId }) => !left.has(analyzerId) && !analyzerId.startsWith('collection/'))
    .map(({ messageId, severity, fingerprint, subject }) => ({
      messageId,
      severity,
      fingerprint,
      subject: subjectKey(subject),
    }));
}

/** Analyzers that miss something no bundle of the layout holds, or logs of other containers than its own. */
function withoutNeeds({ results }: Report): Set<string> {
  const missing = results.filter(({ unseen }) =>
    unseen.some((gap) => gap.outcome === 'absent-from-layout' || gap.artifact === 'logs'),
  );
  return new Set(missing.map(({ analyzerId }) => analyzerId));
}

describe('an archive of istioctl bug-report', () => {
  it.each([
    ['packed', () => pack(FILES)],
    ['unpacked', () => unpack(FILES)],
    [
      'unpacked without its folder',
      () =>
        unpack(
          Object.fromEntries(
            Object.entries(FILES).map(([path, text]) => [path.replace('bug-report/', ''), text]),
          ),
        ),
    ],
  ])('gives objects, logs and the version, %s', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('istio-bug-report');
    expect(reading.incomplete).toBeUndefined();
    const said = seen.map(({ entry, content }) => {
      const text = content.join('').trim();
      return entry.kind === 'log'
        ? `${scopeKey(entry.sections[0]!.scope)}: ${text}`
        : `${entry.kind}: ${text}`;
    });
    expect(said.sort()).toEqual([
      'container/istio-system/istiod-1/discovery: one\n========= Previous log =========\ntwo',
      'container/shop/web/istio-proxy/previous: before\n========= Previous log =========\nstill before',
      'container/shop/web/istio-proxy: now\n========= Previous log present (appended at the end) =========',
      'document: {"major":"1","minor":"36","gitVersion":"v1.36.2"}',
      'resources: resources:core/Pod web',
    ]);
  });

  it('divides logs without the first line too, which a time filter drops', async () => {
    const path = 'bug-report/proxies/shop/web/istio-proxy.log';
    const text = 'now\n\n\n========= Previous log =========\n\nbefore\n';

    const { seen } = await read(pack({ ...FILES, [path]: text }));

    const logs = seen.filter((one) => `bug-report/${one.path}` === path);
    expect(logs.map(({ content }) => content.join('').trim())).toEqual(['now', 'before']);
    expect(logs.map(({ entry }) => entry.kind === 'log' && scopeKey(entry.sections[0]!.scope))).toEqual([
      'container/shop/web/istio-proxy',
      'container/shop/web/istio-proxy/previous',
    ]);
  });

  it('gives what proxies and control planes say of themselves', async () => {
    const { reading, seen } = await read(
      pack({
        ...FILES,
        'bug-report/istio/istio-system/istiod-1/debug/syncz': '[]',
        'bug-report/istio/istio-system/istiod-1/debug/configz': '[]',
        'bug-report/proxies/shop/web/config_dump?include_eds': '{"configs": []}',
        'bug-report/proxies/shop/web/config_dumped': 'nothing',
      }),
    );

    const documents = seen.flatMap(({ entry, content }) =>
      entry.kind === 'document' && entry.artifact !== 'api-server-version'
        ? [[entry.artifact, scopeKey(entry.scope), content.join('')]]
        : [],
    );
    expect(documents.sort()).toEqual([
      ['istio-proxy-config', 'Pod/shop/web', '{"configs": []}'],
      ['istio-sync-status', 'Pod/istio-system/istiod-1', '[]'],
    ]);
    for (const artifact of ['istio-proxy-config', 'istio-sync-status'])
      expect(reading.layout.absent?.(artifact)).toBeUndefined();
  });

  it.each([
    ['Server Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.4", GitCommit:"e87"}', 'v1.20.4'],
    ['Server Version: v1.31.0-gke.5', 'v1.31.0-gke.5'],
    ['error: connection refused', undefined],
  ])('reads the version of the server from %j', async (text, version) => {
    const { seen } = await read(pack({ ...FILES, 'bug-report/cluster/kubectl-version': `${text}\n` }));

    const found = seen.find(({ entry }) => entry.kind === 'document')?.content.join('') ?? '';
    if (version === undefined) expect(found).toBe('');
    else expect(JSON.parse(found)).toMatchObject({ gitVersion: version });
  });

  it('says what it cannot hold', async () => {
    const { absent } = (await read(pack(FILES))).reading.layout;

    for (const artifact of ['resources:core/Node', 'resources:core/Secret', 'node-time'])
      expect(absent?.(artifact)).toContain('bug-report');
    for (const artifact of ['resources:core/Pod', 'resources:networking.istio.io/Gateway', 'logs'])
      expect(absent?.(artifact)).toBeUndefined();
  });

  it('gives the same findings as our own bundle, except what it cannot hold', async () => {
    const cluster = await troubledCluster(['other', 'shop']);
    const { result } = await collectBundle(fakeKube(cluster), collectors);

    const [ours, theirs] = [await analyze(result.file), await analyze(pack(bugReportFiles(cluster)))];

    const left = withoutNeeds(theirs);
    // Without leases and heartbeats its clock is known to the hour.
    for (const { analyzerId, unseen } of theirs.results)
      if (unseen.some(({ reason }) => reason.startsWith('the clock of the bundle'))) left.add(analyzerId);
    // Nodes are in it as a text for people only.
    const held = (report: Report) =>
      findingsOf(report, left).filter(({ subject }) => !subject.startsWith('/Node/'));
    expect(held(theirs)).toEqual(held(ours));
    expect(findingsOf(theirs, new Set()).length).toBeGreaterThan(2);
    expectLess(theirs, ours);
  });

  it('cut or damaged anywhere accuses nothing more, and nobody it does not name', async () => {
    const file = pack(bugReportFiles(await troubledCluster(['shop'])));
    const bytes = readFileSync(file);
    const whole = await analyze(file);
    const known = new Set(whole.findings.map(({ subject }) => subjectKey(subject)));
    const put = (damaged: Buffer) => {
      const place = join(temporaryFolder(), 'bug-report.tar.gz');
      writeFileSync(place, damaged);
      return place;
    };
    for (const cut of cuts(bytes, 6)) {
      const report = await analyze(put(cut)).catch((error: unknown) => error);
      if (report instanceof Error) expect(report).toMatchObject({ name: 'UserError' });
      else expectLess(report as Report, whole);
    }
    for (const damaged of bitFlips(bytes, 15)) {
      const report = await analyze(put(damaged)).catch((error: unknown) => error);
      if (report instanceof Error) {
        expect(report).toMatchObject({ name: 'UserError' });
        continue;
      }
      const { results, findings } = report as Report;
      expect(results.filter(({ status }) => status === 'error')).toEqual([]);
      const others = findings.filter(
        ({ analyzerId, subject }) => !analyzerId.startsWith('collection/') && !known.has(subjectKey(subject)),
      );
      expect(others.map(({ analyzerId, subject }) => `${analyzerId} ${subjectKey(subject)}`)).toEqual([]);
    }
  });
});
