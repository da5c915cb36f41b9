import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEXTS_BY_HAND } from '../../scripts/licence-texts.ts';
import { ROOT } from '../../scripts/units.ts';

describe.each([...TEXTS_BY_HAND])('the licence text put together by hand for %s', (name, text) => {
  const folder = join(ROOT, 'node_modules', name);

  it('is needed: the package is there and ships none', () => {
    expect(existsSync(folder)).toBe(true);
    expect(readdirSync(folder).filter((file) => /licen[cs]e|notice/i.test(file))).toEqual([]);
  });

  it('says what the package declares, and who wrote it', () => {
    const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

    expect(text).toContain(license);
    expect(text).toContain(author);
    expect(text).toContain('Permission is hereby granted');
  });
});
