import { describe, expect, it } from 'vitest';
import type { Detector } from '../../../src/redact/detector.ts';
import { redactObject } from '../../../src/redact/object.ts';
import { BUILT_IN_DETECTORS, createPolicy } from '../../../src/redact/policy.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';

/** Finds one value wherever it stands, as known values of Secrets will be found. */
const knownValue: Detector = {
  triggers: ['zebra'],
  find(text, _atLineStart, spans) {
    for (let at = text.indexOf('zebra-7'); at !== -1; at = text.indexOf('zebra-7', at + 1)) {
      spans.push({ start: at, end: at + 'zebra-7'.length, rule: 'known-value' });
    }
  },
};

describe('a policy with a further detector', () => {
  const policy = createPolicy([...BUILT_IN_DETECTORS, knownValue]);

  it('applies it to texts, streams and objects, beside the built-in ones', () => {
    const line = 'a zebra-7 and http://u:p1@h/\n';
    const shown = 'a [REDACTED:known-value] and http://u:[REDACTED:url-credentials]@h/\n';
    const redactor = createTextRedactor(policy);

    const streamed = Buffer.concat([redactor.push(Buffer.from(line)), redactor.end()]).toString();
    const { value, redactions } = redactObject({ note: line }, { policy });

    expect(redactText(line, policy).text).toBe(shown);
    expect(streamed).toBe(shown);
    expect(value).toEqual({ note: shown });
    expect([...redactions]).toEqual([
      ['url-credentials', 1],
      ['known-value', 1],
    ]);
  });

  it('leaves the built-in policy as it was', () => {
    expect(redactText('a zebra-7').text).toBe('a zebra-7');
  });

  it('refuses triggers the prefilter cannot find', () => {
    expect(() => createPolicy([{ triggers: ['abc'], find: () => undefined }])).toThrowError(/4 characters/);
  });
});
