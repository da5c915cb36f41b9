import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { json } from '../../../src/report/formats/json.ts';
import { finding, report, reportOf } from '../../support/report-builder.ts';
import { scenario } from '../../support/report-scenario.ts';

const schema = JSON.parse(readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

function problems(value: unknown): readonly string[] {
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docs/report.schema.json', () => {
  it('accepts a report with something in every part', () => {
    expect(problems(scenario())).toEqual([]);
  });

  it('accepts a report of an empty bundle', () => {
    expect(problems(report({ cluster: {}, bundles: [], results: [] }))).toEqual([]);
  });

  it.each([
    { resourceVersion: '4711', lists: 59, apart: 0 },
    { reason: 'no version', lists: 0, apart: 0 },
  ])('accepts a bundle whose lists are of one moment, or should be', (consistency) => {
    const bundles = report().bundles.map((bundle) => ({ ...bundle, consistency }));

    expect(problems(report({ bundles }))).toEqual([]);
  });

  it('accepts what the json format writes', () => {
    expect(problems(JSON.parse(json(scenario())))).toEqual([]);
  });

  it('refuses a finding without evidence', () => {
    const broken = reportOf([finding('api-0', { evidence: [] })]);

    expect(problems(broken)).toContainEqual(expect.stringContaining('/findings/0/evidence'));
  });

  it('refuses a field it does not name', () => {
    const broken = { ...report(), wallClock: '2026-11-20T09:58:12Z' };

    expect(problems(broken)).toContainEqual(expect.stringContaining('additional properties'));
  });

  it('refuses a severity of another vocabulary', () => {
    const broken = reportOf([finding('api-0', { severity: 'error' as Report['findings'][0]['severity'] })]);

    expect(problems(broken)).toContainEqual(expect.stringContaining('/findings/0/severity'));
  });
});
