import type { PodItem } from '../artifacts/resources.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** A host a container is told of, by its environment or its command line. */
export interface NamedHost {
  readonly host: string;
  readonly port?: number;
  /** Where it is told, in words: ``variable `DB_HOST` ``. */
  readonly place: string;
  /** JSON Pointer within the container. */
  readonly pointer: string;
}

/** Names of variables and options whose value is an address, so that `name:1234` in it is a host and a port. */
const ADDRESS_NAME =
  /(?:HOSTS?|HOSTNAME|ADDR|ADDRS|ADDRESS|ADDRESSES|SERVERS?|ENDPOINTS?|URLS?|URIS?|DSN|BROKERS?|UPSTREAMS?|BACKENDS?|PEERS|TARGET|SERVICE|CONNECT(?:ION)?(?:_STRING)?)$/i;
/** Names of those whose value is one host and nothing else. */
const HOST_NAME = /(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|UPSTREAM)$/i;
/** What a program itself listens on or calls itself is no host it asks. */
const OWN_NAME =
  /(?:LISTEN|BIND|^HOST$|^HOSTNAME$|ADVERTISED?|PUBLIC|EXTERNAL|^POD_|^NODE_|COOKIE|CORS|ALLOWED|VIRTUAL)/i;
const WHOLE_HOST = /^[a-z0-9][a-z0-9.-]*$/i;
const HOST_PORT = /^([a-z0-9][a-z0-9.-]*):(\d{2,5})(?:\/.*)?$/i;
const SEPARATORS = /[\s,;"'()|]+/;

/** The hosts that stand in a container's environment, command and arguments; values from elsewhere are not seen. */
export function namedHosts(container: Container): NamedHost[] {
  const found: NamedHost[] = [];
  for (const [index, { name, value = '' }] of (container.env ?? []).entries()) {
    if (OWN_NAME.test(name)) continue;
    const at = { place: `variable \`${name}\``, pointer: `/env/${index}` };
    for (const host of hostsIn(name, value)) found.push({ ...host, ...at });
  }
  for (const field of ['command', 'args'] as const) {
    const place = field === 'args' ? 'an argument' : 'the command';
    for (const [index, text] of (container[field] ?? []).entries()) {
      const [, option = '', value = text] = /^--?([A-Za-z][\w.-]*)=(.*)$/s.exec(text) ?? [];
      if (OWN_NAME.test(option)) continue;
      const at = { place, pointer: `/${field}/${index}` };
      for (const host of hostsIn(option.replaceAll('-', '_'), value)) found.push({ ...host, ...at });
    }
  }
  return found;
}

function* hostsIn(name: string, value: string): Generator<{ host: string; port?: number }> {
  if (value.length > 4096 || value.includes('$(')) return;
  if (HOST_NAME.test(name) && WHOLE_HOST.test(value)) {
    yield { host: value };
    return;
  }
  for (const token of value.split(SEPARATORS)) {
    const scheme = token.indexOf('://');
    const isUrl = scheme > 0;
    if (!isUrl && !ADDRESS_NAME.test(name) && !token.includes('.svc')) continue;
    const rest = isUrl ? token.slice(scheme + 3).split(/[/?#]/, 1)[0] : token;
    const authority = (rest ?? '').slice((rest ?? '').lastIndexOf('@') + 1);
    const [, host, port] = HOST_PORT.exec(authority) ?? [];
    if (host && port) yield { host, port: Number(port) };
    else if ((isUrl || authority.includes('.svc')) && WHOLE_HOST.test(authority)) yield { host: authority };
  }
}
