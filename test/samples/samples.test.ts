import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { expectedReports, sampleBundle } from '../../scripts/samples/generate.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import { ROOT } from '../../scripts/units.ts';
import type { Report } from '../../src/model/report.ts';

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

function reportOf(name: string): Report {
  return JSON.parse(readFileSync(join(SAMPLES, name, 'expected/report.json'), 'utf8'));
}

it('every sample has a scenario, and every scenario a sample', () => {
  expect(readdirSync(SAMPLES).sort()).toEqual([...SCENARIOS.keys()].sort());
});

describe.each([...SCENARIOS.keys()])('sample %s', (name) => {
  const folder = join(SAMPLES, name);

  it('is what its scenario makes, byte for byte', async () => {
    const made = await sampleBundle(await SCENARIOS.get(name)!());

    const present = filesBelow(join(folder, 'bundle'));
    expect([...present.keys()].sort()).toEqual([...made.keys()].sort());
    for (const [path, bytes] of made) expect(present.get(path)?.toString(), path).toBe(bytes.toString());
  });

  it('is diagnosed as expected', async () => {
    for (const [file, text] of await expectedReports(join(folder, 'bundle')))
      expect(text, file).toBe(readFileSync(join(folder, 'expected', file), 'utf8'));
  });

  it('has a report that its schema describes', () => {
    const schema = JSON.parse(readFileSync(join(ROOT, 'docs/report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

    validate(reportOf(name));

    expect(validate.errors ?? []).toEqual([]);
  });

  it('is small and says what is broken', () => {
    const files = [...filesBelow(join(folder, 'bundle'))];

    expect(files.reduce((sum, [, bytes]) => sum + bytes.length, 0)).toBeLessThan(MAX_BYTES);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# /);
  });
});

describe('the reports of the samples', () => {
  it('find nothing in a healthy cluster', () => {
    const { findings, results, diagnosis } = reportOf('healthy');

    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(diagnosis.causes).toEqual([]);
    const others = results.filter(({ status }) => status !== 'pass' && status !== 'not-applicable');
    expect(others.map(({ analyzerId, status }) => `${analyzerId}: ${status}`)).toEqual([]);
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
