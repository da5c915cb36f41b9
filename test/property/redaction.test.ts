import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import type { Scenario } from '../../scripts/samples/scenario.ts';
import { scenarioKube } from '../../scripts/samples/scenario-kube.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { createLeakScanner } from '../../src/bundle/leak-scan.ts';
import type { Redaction } from '../../src/bundle/redaction.ts';
import { openBundleWriter } from '../../src/bundle/writer.ts';
import { runCollect } from '../../src/collect/run.ts';
import type { Finding } from '../../src/model/finding.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { passThrough } from '../src/bundle/bundle-fixture.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubecase-redaction-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What a report of the scenario finds when its bundle is written with some redaction. */
async function findingsWith(
  scenario: Scenario,
  redactionOf: (known: readonly string[]) => Redaction,
  { checked, knownSecrets }: { readonly checked: boolean; readonly knownSecrets: boolean },
): Promise<string[]> {
  const file = join(folder, `${scenario.name}-${readdirSync(folder).length}.tar.gz`);
  const result = await runCollect({
    connect: async () => scenarioKube(scenario),
    collectors,
    knownSecrets,
    options: { namespaces: [], maxLogBytes: 10 * 1024 * 1024, portForward: true, exec: true },
    tool: { name: 'kubecase', version: '0.1.0' },
    openWriter: (metadata, known) =>
      openBundleWriter({
        file,
        metadata,
        redaction: redactionOf(known),
        ...(checked ? { scanner: createLeakScanner(known) } : {}),
      }),
    signal: new AbortController().signal,
    now: () => new Date(scenario.time),
    wait: async () => {},
  });
  expect(result.leaks ?? []).toEqual([]);
  const { findings, diagnosis } = await analyzeInputs([file], { analyzers, collectors });
  const causes = diagnosis.causes.map((cause) => `cause ${JSON.stringify(cause).slice(0, 120)}`);
  return [...findings.map(told), ...(causes.length > 0 ? [`${causes.length} causes`] : [])];
}

function told({ severity, analyzerId, messageId, subject }: Finding): string {
  return `${severity} ${analyzerId} ${messageId} ${subjectKey(subject)}`;
}

describe.each([...SCENARIOS.keys()])('sample %s', (name) => {
  it('gives the same findings with and without redaction, whether Secrets are known or not', {
    timeout: 60_000,
  }, async () => {
    const plain = await findingsWith(await SCENARIOS.get(name)!(), () => passThrough(), {
      checked: false,
      knownSecrets: false,
    });
    for (const knownSecrets of [false, true]) {
      const how = { checked: true, knownSecrets };
      expect(await findingsWith(await SCENARIOS.get(name)!(), builtInRedaction, how)).toEqual(plain);
    }
  });
});
