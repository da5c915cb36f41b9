import { describe, expect, it } from 'vitest';
import { json } from '../../../../src/report/formats/json.ts';
import { finding, report, reportOf } from '../../../support/report-builder.ts';
import { scenario } from '../../../support/report-scenario.ts';

describe('json', () => {
  it('writes the same bytes for equal reports made in another order', () => {
    const one = reportOf([finding('api-0', { values: { container: 'app', code: 1 } })]);
    const other = reportOf([finding('api-0', { values: { code: 1, container: 'app' } })]);
    const turned = Object.fromEntries(Object.entries(other).reverse()) as unknown as typeof other;

    expect(json(turned)).toBe(json(one));
  });

  it('reads back as the report it was made from', () => {
    const made = scenario();

    expect(JSON.parse(json(made))).toEqual(JSON.parse(JSON.stringify(made)));
  });

  it('writes the same bytes again when its own output is rendered', () => {
    const first = json(scenario());

    expect(json(JSON.parse(first))).toBe(first);
  });

  it('begins with what names the report and ends with a newline', () => {
    const written = json(report());

    expect(written.startsWith('{\n  "schemaVersion": 1,\n  "tool": {\n    "name": "kubecase",')).toBe(true);
    expect(written.endsWith('}\n')).toBe(true);
  });
});
