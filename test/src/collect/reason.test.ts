import { expect, it } from 'vitest';
import { reasonOf } from '../../../src/collect/outcome.ts';

it('a reason holds no secret, not even one that only the line above tells', () => {
  const error = new Error('the server says:\npassword: |\n  hunter2\nhttps://bob:hunter3@x.example/ failed');

  expect(reasonOf(error)).toBe(
    'the server says: password: | [REDACTED:named-value] https://bob:[REDACTED:url-credentials]@x.example/ failed',
  );
});

it('a reason does not quote what could not be parsed', () => {
  const parse = () => JSON.parse('hunter2 and more') as unknown;
  let thrown: unknown;
  try {
    parse();
  } catch (error) {
    thrown = error;
  }

  expect(String(thrown)).toContain('hunter2');
  expect(reasonOf(thrown)).not.toContain('hunter2');
});
