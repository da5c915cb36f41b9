import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAll, temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { callCli } from '../support/call-cli.ts';
import type { FakeApiServer } from '../support/fake-api-server.ts';
import { startServedCluster } from '../support/served-cluster.ts';
import { troubleshootFiles } from '../support/troubleshoot-bundle.ts';
import { writeTree } from '../support/unpack.ts';
import { type Canary, foundIn, searchFor } from './canary.ts';
import { type CanaryCluster, canaryCluster, linesIn } from './canary-cluster.ts';

let planted: CanaryCluster;
let server: FakeApiServer;

beforeAll(async () => {
  planted = await canaryCluster();
  server = await startServedCluster(planted.cluster);
});

afterAll(() => server.close());

/** Everything a run left or printed, as one text per place. */
async function collectTexts(...flags: readonly string[]): Promise<Map<string, string>> {
  const folder = temporaryFolder();
  const file = join(folder, 'bundle.tar.gz');
  const kubeconfig = server.kubeconfig();
  const options = ['--kubeconfig', kubeconfig, '--output-file', file, '--no-port-forward', ...flags];
  const { code, stdout, stderr } = await callCli('collect', ...options);
  expect([0, 3], stderr).toContain(code);
  expect(readdirSync(folder)).toEqual(['bundle.tar.gz']);
  const entries = [...(await readAll(file))].map(([path, text]) => [`bundle ${path}`, text] as const);
  const names = entries.map(([path]) => path).join('\n');
  return new Map([...entries, ['names', names], ['printed', stdout + stderr], ...(await reportTexts(file))]);
}

async function reportTexts(input: string): Promise<[string, string][]> {
  const folder = temporaryFolder();
  const texts: [string, string][] = [];
  for (const format of ['html', 'json', 'text']) {
    const output = join(folder, format);
    const { stdout, stderr } = await callCli('analyze', input, '-o', format, '--output-file', output);
    texts.push(
      [`report ${format}`, readFileSync(output, 'utf8')],
      [`printed for ${format}`, stdout + stderr],
    );
  }
  return texts;
}

function leaksIn(texts: ReadonlyMap<string, string>, canaries: readonly Canary[]): string[] {
  const search = searchFor(canaries);
  return [...texts].flatMap(([place, text]) => search(text).map((name) => `${place}: ${name}`));
}

describe('secrets planted in a cluster', () => {
  it('are at least 150, no two alike', () => {
    expect(planted.canaries.length).toBeGreaterThanOrEqual(150);
    expect(new Set(planted.canaries.map(({ secret }) => secret)).size).toBe(planted.canaries.length);
    const cluster = JSON.stringify(planted.cluster);
    const found = new Set(foundIn(cluster, planted.canaries));
    const missing = planted.canaries.filter(({ name }) => !found.has(name));
    // Packed, or encoded twice: the search would not see them plainly there either.
    const packed = /registry|Helm release/;
    expect(missing.map(({ name }) => name).filter((name) => !packed.test(name))).toEqual([]);
  });

  it('are in no bundle, report or message', { timeout: 120_000 }, async () => {
    const texts = await collectTexts();

    expect(leaksIn(texts, planted.canaries)).toEqual([]);
    expect(texts.get('bundle resources/core/configmaps/shop.json')).toContain('canary-line-0');
    expect(texts.get('bundle resources/core/events/shop.json')).toContain('canary-event-0');
    expect([...texts.keys()].join()).toMatch(/logs\/shop\/canary-lines/);
  });

  it('are nowhere where nothing but their value tells, when that is known', {
    timeout: 120_000,
  }, async () => {
    const texts = await collectTexts('--known-secrets');

    expect(leaksIn(texts, [...planted.canaries, ...planted.reappearing])).toEqual([]);
    expect(texts.get('bundle manifest.json')).toContain('"known-value":');
  });
});

describe('secrets in a bundle of another tool', () => {
  it('are in no report', { timeout: 120_000 }, async () => {
    const folder = writeTree(temporaryFolder(), troubleshootFiles(planted.cluster));

    const texts = new Map(await reportTexts(folder));

    expect(leaksIn(texts, [...planted.canaries])).toEqual([]);
    expect(texts.get('report json')).toContain('canary');
  });
});

describe('secrets in what fails', () => {
  it('are in no message and leave no file', async () => {
    const canaries: Canary[] = [];
    const body = linesIn('error', canaries);
    const failing = await startServedCluster(planted.cluster, {
      '/version': (_request, response) => void response.writeHead(500).end(body),
      '/api': (_request, response) => void response.writeHead(500).end(body),
      '/apis': (_request, response) => void response.writeHead(403).end(body),
    });
    const folder = temporaryFolder();
    const file = join(folder, 'bundle.tar.gz');

    const result = await callCli('collect', '--kubeconfig', failing.kubeconfig(), '--output-file', file);
    await failing.close();

    const texts = new Map([['printed', result.stdout + result.stderr]]);
    if (readdirSync(folder).includes('bundle.tar.gz'))
      for (const [path, text] of await readAll(file)) texts.set(path, text);
    expect(leaksIn(texts, canaries)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name !== 'bundle.tar.gz')).toEqual([]);
  });

  it('are in no message when the output cannot be written', async () => {
    const missing = join(temporaryFolder(), 'none', 'bundle.tar.gz');

    const result = await callCli('collect', '--kubeconfig', server.kubeconfig(), '--output-file', missing);

    expect(result.code).not.toBe(0);
    expect(foundIn(result.stdout + result.stderr, planted.canaries)).toEqual([]);
  });
});
