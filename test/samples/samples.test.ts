import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { expectedFiles, inputFolders, sampleInputs, sampleReport } from '../../scripts/samples/generate.ts';
import type { GoldenReport } from '../../scripts/samples/golden.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import { ROOT } from '../../scripts/units.ts';
import { json } from '../../src/report/formats/json.ts';

/** `npm run samples` brings everything below in step; look at what it changes. */
const SAMPLES = join(ROOT, 'samples');
/** Bytes of an unpacked bundle: small enough to be read in a diff. */
const MAX_BYTES = 300 * 1024;

function filesBelow(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return new Map(
    files.map((one) => {
      const path = join(one.parentPath, one.name);
      return [path.slice(folder.length + 1), readFileSync(path)];
    }),
  );
}

function reportOf(name: string): GoldenReport {
  return JSON.parse(readFileSync(join(SAMPLES, name, 'expected/report.json'), 'utf8'));
}

it('every sample has a scenario, and every scenario a sample', () => {
  expect(readdirSync(SAMPLES).sort()).toEqual([...SCENARIOS.keys()].sort());
});

describe.each([...SCENARIOS.keys()])('sample %s', (name) => {
  const folder = join(SAMPLES, name);

  it('is what its scenario makes, byte for byte', async () => {
    const inputs = await sampleInputs(await SCENARIOS.get(name)!());

    expect(inputFolders(folder)).toEqual([...inputs.keys()].map((input) => join(folder, input)));
    for (const [input, made] of inputs) {
      const present = filesBelow(join(folder, input));
      expect([...present.keys()].sort()).toEqual([...made.keys()].sort());
      for (const [path, bytes] of made) expect(present.get(path)?.toString(), path).toBe(bytes.toString());
    }
  });

  it('is diagnosed as expected, in a report its schema describes', async () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'docs/report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

    const report = await sampleReport(folder);

    validate(JSON.parse(json(report)));
    expect(validate.errors ?? []).toEqual([]);
    for (const [file, text] of expectedFiles(report))
      expect(text, file).toBe(readFileSync(join(folder, 'expected', file), 'utf8'));
  });

  it('is small and says what is broken', () => {
    const files = inputFolders(folder).flatMap((input) => [...filesBelow(input)]);

    expect(files.reduce((sum, [, bytes]) => sum + bytes.length, 0)).toBeLessThan(MAX_BYTES);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# /);
  });
});

describe('the reports of the samples', () => {
  it('find nothing in a healthy cluster', () => {
    const { findings, results, diagnosis, unseen } = reportOf('healthy');

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(diagnosis.causes).toEqual([]);
    // What nodes alone can tell is asked for by opt-in only.
    const byOptIn = unseen.filter(({ reason }) => /runs only with `--|of a node\b/.test(reason));
    const excused = new Set(byOptIn.flatMap(({ analyzers }) => analyzers));
    const others = Object.entries(results).filter(
      ([id, line]) => !/^(pass|not-applicable)\b/.test(line) && !excused.has(id),
    );
    expect(others.map(([id, line]) => `${id}: ${line}`)).toEqual([]);
  });

  it('accuse nothing of a cluster in which much goes on and all is well', () => {
    const { findings } = reportOf('busy-but-healthy');

    const count = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
    expect(count('critical')).toBe(0);
    expect(count('warning')).toBeLessThanOrEqual(2);
  });

  it('say nothing of a mesh, of virtual environments and of applications of DKP that are well', () => {
    const { findings, results, diagnosis } = reportOf('mesh-healthy');

    const isOf = (id: string) => /^(?:istio|konvoy|virtual-environment)\//.test(id);
    expect(findings.filter(({ severity, analyzerId }) => severity !== 'info' || isOf(analyzerId))).toEqual(
      [],
    );
    expect(diagnosis.causes).toEqual([]);
    const lines = Object.entries(results).filter(([id]) => isOf(id));
    const others = lines.filter(([, line]) => !/^(?:pass|not-applicable)\b/.test(line));
    expect(others).toEqual([]);
    expect(lines.filter(([, line]) => line.startsWith('pass')).length).toBeGreaterThan(35);
  });

  it('name the data plane that is not connected first, with the Service it leaves without endpoints', () => {
    const { findings, diagnosis } = reportOf('kong-data-plane-disconnected');

    const [first] = diagnosis.causes;
    expect(first?.analyzerId).toBe('kong/data-plane-not-connected');
    expect(first?.subject).toMatchObject({ kind: 'Pod', name: 'kong-dp-edge-kong-74f6d9b5c8-q8m4d' });
    const symptoms = findings.filter(({ id }) => first?.symptoms.includes(id));
    expect(symptoms.map(({ analyzerId }) => analyzerId)).toContain('network/service-without-endpoints');
    expect(diagnosis.causes).toHaveLength(1);
  });

  it('name the expired certificate as the cause of an API server out of reach', () => {
    const { findings, diagnosis, collection } = reportOf('control-plane-certificate-expired');

    const [first] = diagnosis.causes;
    expect(first?.analyzerId).toBe('certificate/expired');
    const symptoms = findings.filter(({ id }) => first?.symptoms.includes(id));
    expect(symptoms.map(({ analyzerId }) => analyzerId)).toContain('control-plane/api-server-unreachable');
    expect(diagnosis.causes).toHaveLength(1);
    expect(collection.complete).toBe(false);
  });
});
