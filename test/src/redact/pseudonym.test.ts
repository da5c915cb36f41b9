import { describe, expect, it } from 'vitest';
import { redactDocument, redactItem } from '../../../src/redact/document.ts';
import { BUILT_IN_DETECTORS, createPolicy } from '../../../src/redact/policy.ts';
import { createPseudonyms } from '../../../src/redact/pseudonym.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';

const KEY = Buffer.alloc(32, 7);
const POLICY = createPolicy(BUILT_IN_DETECTORS, { pseudonym: createPseudonyms(KEY) });
const SECRET = 'Tr0ub4dor-horse';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function redactObject(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const json = JSON.stringify(object);
  return JSON.parse(redactItem(object, json, { policy: POLICY }).text ?? json);
}

/** The pseudonyms of all marks of a text, in order. */
function names(text: string): string[] {
  return [...text.matchAll(/\[REDACTED:[a-z-]+-([0-9a-f]{10})\]/g)].map((match) => match[1] as string);
}

describe('createPseudonyms', () => {
  it('names equal secrets equally, others and other keys differently', () => {
    const name = createPseudonyms(KEY);

    expect(name(SECRET)).toMatch(/^[0-9a-f]{10}$/);
    expect(createPseudonyms(KEY)(` ${SECRET}\n`)).toBe(name(SECRET));
    expect(name(`${SECRET}x`)).not.toBe(name(SECRET));
    expect(createPseudonyms(Buffer.alloc(32, 8))(SECRET)).not.toBe(name(SECRET));
  });

  it('does not depend on how bytes became text', () => {
    const name = createPseudonyms(KEY);

    expect(name(Buffer.from('größe€1').toString('latin1'))).toBe(name('größe€1'));
    expect(name('gr\u00f6\u00dfe')).not.toBe(name('gr\u00f6\u00dfe2'));
  });
});

describe('redaction with pseudonyms', () => {
  it('shows that a Secret, a variable, an argument and a log line hold the same secret', () => {
    const secret = redactObject({ kind: 'Secret', data: { a: base64(`${SECRET}\n`), b: base64('another') } });
    const data = secret.data as Readonly<Record<string, string>>;
    const [inData] = names(Buffer.from(data.a as string, 'base64').toString());
    const pod = redactObject({
      kind: 'Pod',
      spec: {
        env: [{ name: 'DB_PASSWORD', value: SECRET }],
        args: ['--password', SECRET, `--db-password=${SECRET}`],
      },
    });
    const redactor = createTextRedactor(POLICY);
    const line = Buffer.concat([redactor.push(Buffer.from(`login password=${SECRET} ok\n`)), redactor.end()]);

    const all = [...names(JSON.stringify(pod)), ...names(line.toString())];
    expect(all).toEqual([inData, inData, inData, inData]);
    expect(names(Buffer.from(data.b as string, 'base64').toString())).not.toContain(inData);
    expect(JSON.stringify([secret, pod]) + line).not.toContain(SECRET);
  });

  it('leaves what is already redacted alone', () => {
    const once = redactText(`login password=${SECRET} and postgres://bob:${SECRET}@db/x\n`, POLICY).text;
    expect(names(once)).toHaveLength(2);
    expect(redactText(once, POLICY).text).toBe(once);

    const object = redactObject({ kind: 'Secret', data: { a: base64(SECRET) }, stringData: { b: SECRET } });
    expect(redactObject(object)).toEqual(object);
  });

  it('gives the same in JSON and YAML documents', () => {
    const json = redactDocument(Buffer.from(JSON.stringify({ password: SECRET })), 'json', POLICY);
    const yaml = redactDocument(Buffer.from(`password: ${SECRET}\n`), 'yaml', POLICY);

    expect(names(json.bytes.toString())).toHaveLength(1);
    expect(names(yaml.bytes.toString())).toEqual(names(json.bytes.toString()));
  });

  it('does not count marks by pseudonym', () => {
    const { redactions } = redactText(`password=${SECRET}\npassword=other-Secret9\n`, POLICY);

    expect(Object.fromEntries(redactions)).toEqual({ 'named-value': 2 });
  });

  it('is absent without a key', () => {
    expect(redactText(`password=${SECRET}`).text).toBe('password=[REDACTED:named-value]');
  });
});
