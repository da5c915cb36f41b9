import { describe, expect, it } from 'vitest';
import { redactDocument, redactItem, redactValue } from '../../../src/redact/document.ts';

function redact(text: string, type: 'json' | 'yaml' | 'text' | 'pem'): string {
  return redactDocument(Buffer.from(text), type).bytes.toString();
}

describe('JSON documents', () => {
  it('keep their bytes when nothing has to go', () => {
    const bytes = Buffer.from('{ "a" : 1.0, "b":[12345678901234567890] }\n');

    expect(redactDocument(bytes, 'json').bytes).toBe(bytes);
  });

  it('keep layout, order, numbers and escapes around what goes', () => {
    const text =
      '{\n  "n": 1e2, "big": 12345678901234567890,\n  "password" : "p\\"q",\n  "z": -0.10, "e": "\\u00e9"\n}\n';

    expect(redact(text, 'json')).toBe(text.replace('"p\\"q"', '"[REDACTED:named-value]"'));
  });

  it('lose secrets of nested lists', () => {
    expect(redact('[[1,{"token":"a1"}],[{"x":{"apiKey":"b2"}}],"]}"]', 'json')).toBe(
      '[[1,{"token":"[REDACTED:named-value]"}],[{"x":{"apiKey":"[REDACTED:named-value]"}}],"]}"]',
    );
  });

  it('lose both values of a key that stands twice', () => {
    expect(redact('{"password":"a1","password":"b2"}', 'json')).not.toMatch(/a1|b2/);
  });

  it('are refused when they are no JSON, without being quoted', () => {
    expect(() => redact('{"password": "hunter2", oops', 'json')).toThrowError(/^the document is not JSON$/);
  });
});

describe('YAML documents', () => {
  it('keep layout, comments and numbers around what goes', () => {
    const text = [
      '# about',
      'n: 12345678901234567890 # big',
      'spec:',
      "    password: 'it''s'",
      '    api_key: "a b"',
      '    token: plain',
      '    flow: {client_secret: x1, other: y1}',
      '---',
      'b: 1',
      '',
    ].join('\n');

    const shown = redact(text, 'yaml');

    expect(shown).toBe(
      text
        .replace("'it''s'", '"[REDACTED:named-value]"')
        .replace('"a b"', '"[REDACTED:named-value]"')
        .replace('plain', '"[REDACTED:named-value]"')
        .replace('x1', '"[REDACTED:named-value]"'),
    );
  });

  it('lose every value of a Secret, in blocks too', () => {
    const text =
      'apiVersion: v1\ndata:\n  a: Zm9v\n  b: |\n    YmFy\n    YmF6\n  c: >-\n    cXV4\nkind: Secret\n---\nx: 1\n';

    const shown = redact(text, 'yaml');

    expect(shown).not.toMatch(/Zm9v|YmFy|YmF6|cXV4/);
    expect(shown).toMatch(/kind: Secret\n---\nx: 1\n$/);
  });

  it('keep the lines of a block around what goes', () => {
    const text = 'kind: ConfigMap\ndata:\n  app.properties: |\n    a=1\n    password=p1\n\n    b=2\nend: 1\n';

    expect(redact(text, 'yaml')).toBe(text.replace('p1', '[REDACTED:named-value]'));
  });

  it('lose secrets of comments', () => {
    expect(redact('a: 1 # password=p1\n', 'yaml')).toBe('a: 1 # password=[REDACTED:named-value]\n');
  });

  it('are refused when a secret is an alias of another value', () => {
    expect(() => redact('x: &a hunter2\npassword: *a\n', 'yaml')).toThrowError(/alias/);
  });

  it('are refused when they are no YAML, without being quoted', () => {
    let message = '';
    try {
      redact('password: "hunter2\n: [', 'yaml');
    } catch (error) {
      message = `${error}${(error as Error).stack}${(error as Error).cause}`;
    }

    expect(message).toContain('not YAML');
    expect(message).not.toContain('hunter2');
  });
});

describe('text and PEM documents', () => {
  it('keep bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, ...Buffer.from('password=p1'), 0x0a, 0x80]);

    const shown = redactDocument(bytes, 'text').bytes;

    expect(shown.toString('latin1')).toBe('\xff\xfe\npassword=[REDACTED:named-value]\n\x80');
  });

  it('lose secrets of letters beyond ASCII whole', () => {
    const shown = redact('http://u:pà1ö@host/\npassword=xàyà\n"token":"zàw" x\n', 'text');

    expect(shown).toBe(
      'http://u:[REDACTED:url-credentials]@host/\npassword=[REDACTED:named-value]\n"token":"[REDACTED:named-value]" x\n',
    );
  });

  it('lose every PEM block that is not known to be public', () => {
    const block = (label: string): string => `-----BEGIN ${label}-----\nTUlJ\n-----END ${label}-----\n`;
    const open = block('CERTIFICATE') + block('PUBLIC KEY') + block('X509 CRL');

    const shown = redact(`${open}${block('EC PRIVATE KEY')}${block('SOMETHING NEW')}`, 'pem');

    expect(shown.startsWith(open)).toBe(true);
    expect(shown.match(/TUlJ/g)).toHaveLength(3);
    expect(shown.split('\n')).toHaveLength(16);
  });
});

describe('redactItem', () => {
  it('gives no text when nothing has to go', () => {
    const text = '{"kind":"Pod","metadata":{"name":"a"}}';

    expect(redactItem(JSON.parse(text), text).text).toBeUndefined();
  });

  it('rewrites the text it was given, even where the object knows more', () => {
    const text = '{"data":{"n":"eA=="},"v":12345678901234567890}';
    const object = { apiVersion: 'v1', kind: 'Secret', ...(JSON.parse(text) as object) };

    const item = redactItem(object, text);

    expect(item.text).toBe(
      `{"data":{"n":"${Buffer.from('[REDACTED:secret-data]').toString('base64')}"},"v":12345678901234567890}`,
    );
    expect([...item.redactions]).toEqual([['secret-data', 1]]);
  });
});

describe('redactValue', () => {
  it('redacts every string of a quoted value', () => {
    expect(redactValue({ lines: ['a', 'token=a1'], at: { password: 'b2' } })).toEqual({
      lines: ['a', 'token=[REDACTED:named-value]'],
      at: { password: '[REDACTED:named-value]' },
    });
  });
});
