import { BlockList, isIP } from 'node:net';

/** Which proxy leads to a URL; undefined: none. */
export type ProxyFor = (url: URL) => URL | undefined;

type Environment = Readonly<Record<string, string | undefined>>;

/** Schemes of proxies that are spoken to by CONNECT. */
const SCHEMES = new Set(['http:', 'https:']);

/**
 * The rules of kubectl (Go, golang.org/x/net/http/httpproxy): `proxy-url` of the kubeconfig for everything, else
 * `HTTPS_PROXY` or `HTTP_PROXY` by scheme, past what `NO_PROXY` names, and never for this machine.
 */
export function proxies(env: Environment, proxyUrl: URL | undefined): ProxyFor {
  if (proxyUrl) return () => proxyUrl;
  return (url) => {
    const name = url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
    const proxy = parseProxy(env[name] || env[name.toLowerCase()] || '');
    if (!proxy || isLocal(url.hostname)) return undefined;
    return isExempt(url, env.NO_PROXY || env.no_proxy || '') ? undefined : proxy;
  };
}

/** An address of a proxy, `http://` when it has no scheme; undefined for what cannot be one. */
export function parseProxy(text: string): URL | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  return url && SCHEMES.has(url.protocol) && url.hostname !== '' ? url : undefined;
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Entries are host names (with everything below them), `.suffix`, addresses, networks, each with a port or not; `*` is all. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'http:' ? '80' : '443');
  return list.split(',').some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  if (entry.includes('/')) return isInNetwork(host, entry);
  // An IPv6 address without brackets has colons of its own and no port.
  const at = isIP(entry) === 6 ? -1 : (/:\d+$/.exec(entry)?.index ?? -1);
  const name = (at < 0 ? entry : entry.slice(0, at)).replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (at >= 0 && entry.slice(at + 1) !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function isInNetwork(host: string, network: string): boolean {
  const family = isIP(host);
  const [address = '', bits = ''] = network.split('/');
  const prefix = Number(bits);
  if (family === 0 || isIP(address) !== family || bits === '' || !(prefix >= 0 && prefix <= 128))
    return false;
  if (family === 4 && prefix > 32) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(address, prefix, type);
  return networks.check(host, type);
}
