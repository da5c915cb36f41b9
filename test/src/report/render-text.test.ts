import { describe, expect, it } from 'vitest';
import { renderText } from '../../../src/report/render-text.ts';
import { renderSegments } from '../../../src/report/segments.ts';

const pod = { group: '', kind: 'Pod', namespace: 'payments', name: 'api-0' };

describe('renderText', () => {
  it('names an object by kind, name and namespace', () => {
    expect(renderText('{pod:object} restarts.', { pod })).toBe(
      'Pod `api-0` in namespace `payments` restarts.',
    );
  });

  it('names the namespace of several objects once', () => {
    const service = { ...pod, kind: 'Service', name: 'api' };

    expect(renderText('{service:object} selects {pod:object}.', { service, pod })).toBe(
      'Service `api` in namespace `payments` selects Pod `api-0`.',
    );
  });

  it('begins a sentence about something external with a capital', () => {
    const registry = { external: 'registry', name: 'r.example' } as const;

    expect(renderText('{registry:object} refuses; {registry:object}.', { registry })).toBe(
      'Registry `r.example` refuses; registry `r.example`.',
    );
  });

  it('prints only the name where the text itself has put backticks', () => {
    expect(renderText('Name `{pod:object}` and `{host:text}`.', { pod, host: 'gw-cp' })).toBe(
      'Name `api-0` and `gw-cp`.',
    );
  });

  it('renders every tag by its rules', () => {
    const values = { at: '2026-01-02T03:04:05Z', for: 21_600, size: 1024, n: 1234 };

    expect(renderText('{at:time}, {for:duration}, {size:bytes}, {n:count}', values)).toBe(
      '2026-01-02 03:04:05 UTC, 6 h, 1 KiB, 1,234',
    );
  });

  it('keeps the space of a value that completes what precedes it', () => {
    const text = '{job:object}{purpose:text} has failed, {detail:text}.';
    const job = { group: 'batch', kind: 'Job', namespace: 'store', name: 'app-1' };

    expect(renderText(text, { job, purpose: ' (run of the CronJob app)', detail: ' twice' })).toBe(
      'Job `app-1` in namespace `store` (run of the CronJob app) has failed, twice.',
    );
    expect(renderText(text, { job, purpose: '', detail: 'twice' })).toBe(
      'Job `app-1` in namespace `store` has failed, twice.',
    );
  });

  it('shows control characters of a value instead of sending them', () => {
    expect(renderText('Says {what:text}.', { what: 'a\x1b]0;b\x07\nc' })).toBe('Says a\\x1b]0;b\\x07 c.');
  });

  it('shows the name of a value that is missing', () => {
    expect(renderText('{pod:object} waits.', {})).toBe('{pod} waits.');
  });

  it('does not read placeholders inside values', () => {
    expect(renderText('Says {a:text} {b:text}.', { a: '{b:text}', b: 'x' })).toBe('Says {b:text} x.');
  });
});

describe('renderSegments', () => {
  it('does not let a backtick of a value open or close code', () => {
    const segments = renderSegments('Set `{x:text}` now.', { x: 'a`b' });

    expect(segments).toEqual([
      { code: false, text: 'Set ' },
      { code: true, text: 'a`b' },
      { code: false, text: ' now.' },
    ]);
  });
});
