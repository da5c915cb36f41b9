import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { redactDocument, redactItem } from '../../../src/redact/document.ts';
import { createOwnPolicy } from '../../../src/redact/own-rules.ts';
import { BUILT_IN_DETECTORS, createPolicy } from '../../../src/redact/policy.ts';
import { parseRulesFile } from '../../../src/redact/rules-file.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';

const RULES = `
version: 1
names: [customerNumber, '*_ACCOUNT']
patterns:
  - id: employee
    pattern: '\\bEMP-\\d{6}\\b'
  - id: site
    pattern: 'plant-[a-z]{2,8}'
    ignoreCase: true
paths:
  - kind: Customer
    group: example.com
    path: spec.contact
  - path: metadata.annotations["example.com/owner"]
  - path: spec.rows[*].note
allow: [build-token-4711, 'sample-*']
`;

function policyOf(text: string) {
  return createPolicy(BUILT_IN_DETECTORS, { own: createOwnPolicy(parseRulesFile(text), () => 0) });
}

function redacted(object: Readonly<Record<string, unknown>>, text = RULES): unknown {
  const json = JSON.stringify(object);
  return JSON.parse(redactItem(object, json, { policy: policyOf(text) }).text ?? json);
}

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/redaction-rules.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: false }).compile(schema);

describe('parseRulesFile', () => {
  it('takes what the published schema takes', () => {
    expect(validate(load(RULES)), JSON.stringify(validate.errors)).toBe(true);
    expect(parseRulesFile(RULES)).toMatchObject({
      names: ['customerNumber', '*_ACCOUNT'],
      patterns: [
        { id: 'employee', literal: 'EMP-' },
        { id: 'site', ignoreCase: true },
      ],
      paths: [
        { kind: 'Customer', group: 'example.com', segments: ['spec', 'contact'] },
        { segments: ['metadata', 'annotations', 'example.com/owner'] },
        { segments: ['spec', 'rows', 'note'] },
      ],
    });
    expect(parseRulesFile('version: 1')).toEqual({ names: [], patterns: [], paths: [], allow: [] });
  });

  it.each([
    ['no version', 'names: [abcd]'],
    ['another version', 'version: 2'],
    ['an unknown field', 'version: 1\nname: [abcd]'],
    ['a text for a list', 'version: 1\nnames: abcd'],
    ['a number for a name', 'version: 1\nnames: [1234]'],
    ['a name with blanks', "version: 1\nnames: ['a b c d']"],
    ['a pattern without an id', 'version: 1\npatterns: [{pattern: abcd}]'],
    ['an unknown field of a pattern', 'version: 1\npatterns: [{id: x, pattern: abcd, flags: i}]'],
    ['a path without a path', 'version: 1\npaths: [{kind: Pod}]'],
    ['an allowed number', 'version: 1\nallow: [5]'],
    ['an allowed star', "version: 1\nallow: ['*']"],
  ])('refuses %s, as the schema does', (_name, text) => {
    expect(validate(load(text))).toBe(false);
    expect(() => parseRulesFile(text)).toThrow(/^(?:version|unknown field|names|patterns|paths|allow)/);
  });

  it.each([
    ['text that is no YAML', '{', /is not YAML/],
    ['several documents', 'version: 1\n---\nversion: 1', /not one YAML mapping/],
    ['a list', '- a', /not one YAML mapping/],
    ['a name of stars', "version: 1\nnames: ['a*b*cdef*']", /names\[0\]: takes two/],
    ['a short name', 'version: 1\nnames: [abc]', /names\[0\]: needs four characters/],
    [
      'an allowed star with little beside it',
      "version: 1\nallow: ['**ab']",
      /allow\[0\]: would allow nearly/,
    ],
    [
      'a pattern that can run away',
      "version: 1\npatterns: [{id: x, pattern: '(a+)+$'}]",
      /patterns\[0\]: pattern repeats without/,
    ],
    [
      'a pattern without a fixed text',
      "version: 1\npatterns: [{id: x, pattern: '\\d{16}'}]",
      /fixed text of four/,
    ],
    [
      'an id twice',
      'version: 1\npatterns: [{id: x, pattern: abcd}, {id: x, pattern: efgh}]',
      /id x is there twice/,
    ],
    ['a path to the kind', 'version: 1\npaths: [{path: kind}]', /tells the object's kind/],
    ['a path to the name', 'version: 1\npaths: [{path: metadata.name}]', /by which findings/],
    ['a path to all of metadata', 'version: 1\npaths: [{path: metadata}]', /by which findings/],
    ['a path with a filter', "version: 1\npaths: [{path: 'a[?(@.b)]'}]", /must look like/],
  ])('refuses %s', (_name, text, words) => {
    expect(() => parseRulesFile(text)).toThrow(words);
  });
});

describe('own rules', () => {
  it('remove values beside a name in objects, at any depth and in embedded JSON', () => {
    const object = {
      kind: 'ConfigMap',
      data: {
        customerNumber: '4711',
        CUSTOMERNUMBER: 'x',
        'a.json': '{"customerNumber":"4711","n":1}',
        other: '4711',
      },
      env: [{ name: 'MAIN_ACCOUNT', value: 'true' }],
      customerNumber: 4711,
    };

    expect(redacted(object)).toEqual({
      kind: 'ConfigMap',
      data: {
        customerNumber: '[REDACTED:named-value]',
        CUSTOMERNUMBER: '[REDACTED:named-value]',
        'a.json': '{"customerNumber":"[REDACTED:named-value]","n":1}',
        other: '4711',
      },
      env: [{ name: 'MAIN_ACCOUNT', value: '[REDACTED:env-value]' }],
      customerNumber: '[REDACTED:named-value]',
    });
  });

  it.each([
    ['a customerNumber=4711 b', 'a customerNumber=[REDACTED:own-rule] b'],
    ['{"customernumber": "47 11"}', '{"customernumber": "[REDACTED:own-rule]"}'],
    ['customerNumber: 4711', 'customerNumber: [REDACTED:own-rule]'],
    ['export MAIN_ACCOUNT="x"', 'export MAIN_ACCOUNT="[REDACTED:own-rule]"'],
    ['my.customerNumber=1 of customerNumber', 'my.customerNumber=1 of customerNumber'],
    ['worker EMP-123456 left', 'worker [REDACTED:own-employee] left'],
    ['EMP-1234567 and XEMP-123456', 'EMP-1234567 and XEMP-123456'],
    ['PLANT-berlin, plant-x', '[REDACTED:own-site], plant-x'],
  ])('change the line %s', (before, after) => {
    expect(redactText(before, policyOf(RULES)).text).toBe(after);
  });

  it('remove fields by path, with everything below, from objects of that kind only', () => {
    const spec = {
      contact: { mail: 'a@b', age: 7, open: true, tags: ['x', ''] },
      rows: [{ note: 'n', id: 'i' }],
    };
    const metadata = { name: 'n', annotations: { 'example.com/owner': 'jane', other: 'o' } };
    const mark = '[REDACTED:own-rule]';
    const cut = {
      contact: { mail: mark, age: mark, open: true, tags: [mark, ''] },
      rows: [{ note: mark, id: 'i' }],
    };

    expect(redacted({ apiVersion: 'example.com/v1', kind: 'Customer', metadata, spec })).toMatchObject({
      metadata: { name: 'n', annotations: { 'example.com/owner': mark, other: 'o' } },
      spec: cut,
    });
    expect(redacted({ apiVersion: 'v1', kind: 'Customer', spec })).toMatchObject({
      spec: { ...cut, contact: spec.contact },
    });
  });

  it('reach objects of lists and YAML documents', () => {
    const policy = policyOf(RULES);
    const item = { apiVersion: 'example.com/v1', kind: 'Customer', spec: { contact: 'jane' } };
    const json = JSON.stringify({
      kind: 'CustomerList',
      apiVersion: 'example.com/v1',
      items: [{ spec: item.spec }],
    });

    expect(redactDocument(Buffer.from(json), 'json', policy).bytes.toString()).not.toContain('jane');
    const yaml = 'apiVersion: example.com/v1\nkind: Customer\nspec:\n  contact: jane # stays\n';
    expect(redactDocument(Buffer.from(yaml), 'yaml', policy).bytes.toString()).toBe(
      yaml.replace('jane', '"[REDACTED:own-rule]"'),
    );
  });

  it('keep allowed values, but never values of Secrets nor what is known by its shape', () => {
    const token = `AKIA${'A2B3'.repeat(4)}`;
    const allowing = policyOf(`version: 1\nallow: ['${token}', 'bob*']\n`);
    expect(redactText(`key ${token} x`, allowing).text).not.toContain(token);
    expect(redactText('postgres://u:bobs-secret9@db/x', allowing).text).not.toContain('bobs-secret9');
    expect(redactText('login token=bob9-4711a x', allowing).text).toBe('login token=bob9-4711a x');
    expect(redactText('token=build-token-4711', policyOf(RULES)).text).toBe('token=build-token-4711');
    expect(redactText('token=sample-Xk29dkQ8', policyOf(RULES)).text).toBe('token=sample-Xk29dkQ8');
    expect(redactText('token=build-token-4712', policyOf(RULES)).text).toContain('[REDACTED');
    expect(redacted({ kind: 'Pod', password: 'build-token-4711' })).toMatchObject({
      password: 'build-token-4711',
    });
    expect(redacted({ kind: 'Secret', stringData: { a: 'build-token-4711' } })).toMatchObject({
      stringData: { a: '[REDACTED:secret-data]' },
    });
  });

  it('give the same for a stream in pieces, far inside of a long line too', () => {
    const line = `${'x '.repeat(8190)}EMP-123456 ${'y '.repeat(9000)}EMP-654321\n`;
    const redactor = createTextRedactor(policyOf(RULES));
    const bytes = Buffer.from(line);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 1000) parts.push(redactor.push(bytes.subarray(at, at + 1000)));
    parts.push(redactor.end());

    const mark = '[REDACTED:own-employee]';
    expect(Buffer.concat(parts).toString()).toBe(
      line.replace('EMP-123456', mark).replace('EMP-654321', mark),
    );
  });

  it('fail the entry when a pattern takes too long on a line', () => {
    let time = 0;
    const own = createOwnPolicy(parseRulesFile(RULES), () => (time += 1500));
    const policy = createPolicy(BUILT_IN_DETECTORS, { own });

    expect(() => redactText(`EMP-123456 ${'x'.repeat(20_000)}`, policy)).toThrow(/takes too long/);
  });
});
