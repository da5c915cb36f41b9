import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { inputFolders } from '../../scripts/samples/generate.ts';
import type { Scenario } from '../../scripts/samples/scenario.ts';
import { scenarioKube } from '../../scripts/samples/scenario-kube.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { convertBundles } from '../../src/bundle/convert.ts';
import { createLeakScanner } from '../../src/bundle/leak-scan.ts';
import { obfuscating } from '../../src/bundle/obfuscating.ts';
import { createObfuscationScan } from '../../src/bundle/obfuscation-scan.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { openBundleWriter } from '../../src/bundle/writer.ts';
import { runCollect } from '../../src/collect/run.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { createObfuscation, OBFUSCATED, type Obfuscation, reveal } from '../../src/redact/obfuscate.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubecase-obfuscation-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** The report of a scenario whose bundle was written with or without the names of its cluster. */
async function reportOf(scenario: Scenario, obfuscation?: Obfuscation): Promise<Report> {
  const file = join(folder, `${scenario.name}-${readdirSync(folder).length}.tar.gz`);
  const search = obfuscation && (() => createObfuscationScan(obfuscation));
  const result = await runCollect({
    connect: async () => scenarioKube(scenario),
    collectors,
    ...(obfuscation === undefined ? {} : { obfuscation }),
    options: { namespaces: [], maxLogBytes: 10 * 1024 * 1024, portForward: true, exec: true },
    tool: { name: 'kubecase', version: '0.1.0' },
    openWriter: (metadata) =>
      openBundleWriter({
        file,
        metadata,
        redaction: obfuscation ? obfuscating(builtInRedaction(), obfuscation) : builtInRedaction(),
        scanner: createLeakScanner([], search),
      }),
    signal: new AbortController().signal,
    now: () => new Date(scenario.time),
    wait: async () => {},
  });
  expect(result.leaks ?? []).toEqual([]);
  expect((await verifyBundle(file)).problems).toEqual([]);
  return analyzeInputs([file], { analyzers, collectors });
}

/** What a report says, without the digests of certificates and the order, which names change. */
function said({ findings, diagnosis, results, checklists, unseen }: Report): string[] {
  const subjects = new Map(findings.map(({ id, subject }) => [id, subjectKey(subject)]));
  const named = (ids: readonly string[]) => ids.map((id) => subjects.get(id)).sort();
  const lines = [
    ...findings.map((one) => ({ ...one, evidence: one.evidence.length })),
    ...diagnosis.causes.map(({ analyzerId, messageId, severity, members, symptoms }) => ({
      cause: [analyzerId, messageId, severity, named(members), named(symptoms)],
    })),
    ...results.map(({ analyzerId, status }) => ({ result: [analyzerId, status] })),
    ...checklists.flatMap(({ id, tables }) =>
      tables.flatMap(({ subject, rows }) =>
        rows.map(({ analyzerId, checkId, state }) => ({ row: [id, subject, analyzerId, checkId, state] })),
      ),
    ),
    ...unseen.map(({ artifact, scope, outcome, reason }) => ({ unseen: [artifact, scope, outcome, reason] })),
  ].map((line) => JSON.stringify(line));
  // Names are learned from a list of their own, so that the lists of the scenario are a moment later.
  const settled = (line: string) =>
    line
      .replace(/"(?:id|fingerprint)":"[0-9a-f]+"/g, '')
      .replace(/\b[0-9a-f]{16,64}\b/g, 'digest')
      .replace(/"age":\d+/g, '"age":0');
  return lines.map(settled).sort();
}

describe.each([...SCENARIOS.keys()])('sample %s', (name) => {
  it('gives the same findings with names and with pseudonyms', { timeout: 60_000 }, async () => {
    const plain = await reportOf(await SCENARIOS.get(name)!());
    const obfuscation = createObfuscation(Buffer.alloc(32, 7), new Set(OBFUSCATED));
    const hidden = await reportOf(await SCENARIOS.get(name)!(), obfuscation);
    const shown = JSON.parse(reveal(JSON.stringify(hidden), obfuscation.pseudonyms())) as Report;

    expect(said(shown)).toEqual(said(plain));
    const data = JSON.stringify({ ...hidden, catalog: {} });
    for (const name of obfuscation.pseudonyms().names.values())
      expect(data).not.toMatch(new RegExp(`\\b${name}\\b`));
  });
});

const WITH_ARCHIVES = [...SCENARIOS.keys()].filter((name) => inputFolders(sampleOf(name)).length > 1);

function sampleOf(name: string): string {
  return join(import.meta.dirname, '../../samples', name);
}

/** The report of a sample and the files of its nodes, converted to one bundle. */
async function convertedReport(name: string, obfuscation?: Obfuscation): Promise<Report> {
  const outputFile = join(folder, `${name}-converted-${readdirSync(folder).length}.tar.gz`);
  const { leaks } = await convertBundles({
    inputs: inputFolders(sampleOf(name)),
    outputFile,
    ...(obfuscation === undefined ? {} : { obfuscation }),
    redaction: obfuscation ? obfuscating(builtInRedaction(), obfuscation) : builtInRedaction(),
    scanner: createLeakScanner([], obfuscation && (() => createObfuscationScan(obfuscation))),
    tool: { name: 'kubecase', version: '0.1.0' },
    contentTypes: new Map(),
    now: () => new Date('2026-03-03T10:00:00Z'),
  });
  expect(leaks ?? []).toEqual([]);
  expect((await verifyBundle(outputFile)).problems).toEqual([]);
  return analyzeInputs([outputFile], { analyzers, collectors });
}

describe.each(WITH_ARCHIVES)('sample %s with the files of its nodes', (name) => {
  it('gives the same findings when it is converted with pseudonyms', { timeout: 60_000 }, async () => {
    const plain = await convertedReport(name);
    const obfuscation = createObfuscation(Buffer.alloc(32, 9), new Set(OBFUSCATED));
    const hidden = await convertedReport(name, obfuscation);
    const shown = JSON.parse(reveal(JSON.stringify(hidden), obfuscation.pseudonyms())) as Report;

    expect(said(shown)).toEqual(said(plain));
  });
});
