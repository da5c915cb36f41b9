import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import type { LogPattern } from '../../../src/model/log-signals.ts';
import { isGeneric } from '../../../src/redact/kept-words.ts';

/** Patterns of every log signal the analyzers and their derived values declare. */
function declaredPatterns(): LogPattern[] {
  const found = new Set<LogPattern>();
  const visited = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof RegExp || visited.has(value)) return;
    visited.add(value);
    if ('type' in value && value.type === 'log-signals' && 'patterns' in value) {
      for (const pattern of Object.values(value.patterns as Record<string, LogPattern>)) found.add(pattern);
    }
    for (const part of Object.values(value)) visit(part);
  };
  for (const { needs } of analyzers) visit(needs);
  return [...found];
}

/** Whole lower-case words of a literal: at its ends, and beside an operator, a word may be cut. */
function wordsOf(text: string): string[] {
  const plain = text.replace(/\(\?(?:<\w+>|:)/g, '(').replace(/\\[a-zA-Z]/g, '|');
  return plain.match(/(?<=[\s:,'"])[a-z][a-z0-9]{2,}(?=[\s:,'"])/g) ?? [];
}

describe('words of the messages the analyzers look for', () => {
  const patterns = declaredPatterns();

  it('are found in what is declared', () => {
    expect(patterns.length).toBeGreaterThan(100);
  });

  it('are kept when a namespace or node is called so', () => {
    const words = patterns.flatMap(({ any, re }) => [...any, re?.source ?? ''].flatMap(wordsOf));

    expect([...new Set(words)].filter((word) => !isGeneric(word))).toEqual([]);
  });

  it('are told from names of somebody', () => {
    expect(['acme-billing', 'payments', 'worker-berlin'].filter(isGeneric)).toEqual([]);
  });
});
