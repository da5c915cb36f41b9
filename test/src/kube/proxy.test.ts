import { describe, expect, it } from 'vitest';
import { parseProxy, proxies } from '../../../src/kube/proxy.ts';

function proxyOf(url: string, env: Record<string, string>, proxyUrl?: string): string | undefined {
  return proxies(env, proxyUrl === undefined ? undefined : new URL(proxyUrl))(new URL(url))?.host;
}

const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };

describe('proxies', () => {
  it('takes the variable of the scheme, in capitals or not', () => {
    expect(proxyOf('https://api.example.org:6443', PROXY)).toBe('proxy:3128');
    expect(proxyOf('https://api.example.org', { https_proxy: 'proxy:3128' })).toBe('proxy:3128');
    expect(proxyOf('http://api.example.org', PROXY)).toBeUndefined();
    expect(proxyOf('http://api.example.org', { HTTP_PROXY: 'http://plain:80' })).toBe('plain');
    expect(proxyOf('https://api.example.org', {})).toBeUndefined();
  });

  it('prefers the kubeconfig, for every address', () => {
    const env = { ...PROXY, NO_PROXY: '*' };

    expect(proxyOf('https://127.0.0.1:6443', env, 'http://bastion:8888')).toBe('bastion:8888');
  });

  it('never takes a proxy to this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]'])
      expect(proxyOf(`https://${host}:6443`, PROXY), host).toBeUndefined();
  });

  it.each([
    ['*', true],
    ['example.org', true],
    ['api.example.org', true],
    ['.example.org', true],
    ['*.example.org', true],
    ['API.Example.Org:6443', true],
    ['other.org, example.org', true],
    ['.api.example.org', false],
    ['ample.org', false],
    ['api.example.org:443', false],
    ['10.0.0.0/8', false],
    ['', false],
  ])('NO_PROXY=%s exempts a name: %s', (list, exempt) => {
    const found = proxyOf('https://api.example.org:6443', { ...PROXY, NO_PROXY: list });

    expect(found).toBe(exempt ? undefined : 'proxy:3128');
  });

  it.each([
    ['https://10.1.2.3:6443', '10.0.0.0/8', true],
    ['https://10.1.2.3:6443', '10.1.2.3', true],
    ['https://10.1.2.3:6443', '10.1.2.3:6443', true],
    ['https://10.1.2.3:6443', '10.1.2.3:443', false],
    ['https://11.1.2.3:6443', '10.0.0.0/8', false],
    ['https://10.1.2.3:6443', '10.0.0.0/99', false],
    ['https://[fd00::1]:6443', 'fd00::/16', true],
    ['https://[fd00::1]:6443', 'fd00::1', true],
    ['https://[fd00::1]:6443', '[fd00::1]:6443', true],
    ['https://[fd00::2]:6443', 'fd00::1', false],
  ])('%s with NO_PROXY=%s: %s', (url, list, exempt) => {
    expect(proxyOf(url, { ...PROXY, NO_PROXY: list })).toBe(exempt ? undefined : 'proxy:3128');
  });
});

describe('parseProxy', () => {
  it('takes http and https only', () => {
    expect(parseProxy('https://proxy')?.protocol).toBe('https:');
    expect(parseProxy('proxy:3128')?.href).toBe('http://proxy:3128/');
    expect(parseProxy('socks5://proxy:1080')).toBeUndefined();
    expect(parseProxy('http://')).toBeUndefined();
    expect(parseProxy(' ')).toBeUndefined();
  });
});
