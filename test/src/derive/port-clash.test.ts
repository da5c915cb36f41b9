import { describe, expect, it } from 'vitest';
import { portInUse } from '../../../src/derive/port-clash.ts';

describe('portInUse', () => {
  it.each([
    ['listen tcp :8080: bind: address already in use', 8080],
    ['2026/01/15 12:00:05 listen tcp 10.0.0.5:8443: bind: address already in use', 8443],
    ['listen tcp [fd00::10]:9090: bind: address already in use', 9090],
    ['nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)', 80],
    ['nginx: [emerg] bind() to [::]:443 failed (98: Address already in use)', 443],
    ['Error: listen EADDRINUSE: address already in use :::3000', 3000],
    ['Web server failed to start. Port 8081 was already in use.', 8081],
    ['OSError: [Errno 98] Address already in use', undefined],
  ])('of %s', (line, expected) => {
    expect(portInUse(line)).toBe(expected);
  });
});
