import { describe, expect, it } from 'vitest';
import { createTextMemory } from '../../../src/redact/memory.ts';
import { redactObject } from '../../../src/redact/object.ts';

describe('a memory of texts', () => {
  it('knows what was added', () => {
    const memory = createTextMemory({ texts: 3, characters: 10 });

    memory.add('één\ud800');

    expect(memory.has('één\ud800')).toBe(true);
    expect(memory.has('een')).toBe(false);
  });

  it('begins anew when it is full, and keeps no long text', () => {
    const memory = createTextMemory({ texts: 2, characters: 3 });

    for (const text of ['a', 'b', 'long', 'c']) memory.add(text);

    expect(['a', 'b', 'long', 'c'].map(memory.has)).toEqual([false, false, false, true]);
  });
});

describe('what was learnt from one object', () => {
  it('hides nothing in the next where the same name or text means something else', () => {
    const text = 'see secrets/api and token';
    const first = { note: text, data: { key: text }, items: [{ value: text }] };

    expect(redactObject(first).value).toBe(first);
    expect(redactObject({ password: text, env: [{ name: 'API_TOKEN', value: text }] }).value).toEqual({
      password: '[REDACTED:named-value]',
      env: [{ name: 'API_TOKEN', value: '[REDACTED:env-value]' }],
    });
    expect(redactObject({ kind: 'Secret', stringData: { note: text } }).value).toEqual({
      kind: 'Secret',
      stringData: { note: '[REDACTED:secret-data]' },
    });
  });
});
