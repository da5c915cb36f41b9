import type { PodItem } from '../artifacts/resources.ts';
import { logSignals } from '../model/artifact.ts';
import type { LogMatches, LogSignals } from '../model/log-signals.ts';
import { type Age, isOlder } from '../model/observation.ts';

/** What CoreDNS says when it cannot work. Texts of coredns/coredns plugin/{loop,errors,kubernetes} and core/dnsserver. */
export const dnsServerLog = logSignals({
  component: { id: 'coredns', container: /^(coredns|dns|kubedns)$/, image: /(^|\/)coredns[:@]/ },
  patterns: {
    loop: { any: ['plugin/loop: Loop ('] },
    noNameservers: { any: ['no nameservers found'] },
    corefile: { any: ['Error during parsing:', 'Unknown directive'] },
    noApi: {
      any: ['Failed to watch', 'failed to list *v1', 'Failed to list *v1'],
      re: /dial tcp [\d.:[\]a-f]+: (i\/o timeout|connect: (connection refused|no route to host|network is unreachable))/,
    },
    upstream: {
      any: ['plugin/errors: 2 '],
      re: /plugin\/errors: 2 (?<name>\S{1,255}) \S{1,20}: .{0,300}?(?:->|dial \w{1,10} )(?<server>\S{1,100}?): (?:i\/o timeout|connect: connection refused|.{0,200}no route to host)/,
    },
  },
});
export type DnsServerSignal = 'loop' | 'noNameservers' | 'corefile' | 'noApi' | 'upstream';

/** What any program says when it gets no answer from the DNS; a name that does not exist is another matter. */
export const dnsClientLog = logSignals({
  component: { id: 'any' },
  patterns: {
    noAnswer: {
      any: [
        'server misbehaving',
        ':53: i/o timeout',
        'EAI_AGAIN',
        'Temporary failure in name resolution',
        'Try again (EAI_AGAIN)',
      ],
    },
  },
});

/** Complaints older than this may be over. */
const RECENT_SECONDS = 900;

/** How old a match is, by its last line, at the moment its log was read. */
export type AgeOf = (time: string | null | undefined, item: object) => Age | undefined;

/** Matches of a pattern in the current logs of a pod whose last line is recent. */
export function recentMatches<P extends string>(
  log: LogSignals<P>,
  pattern: P,
  { pod, age }: { readonly pod?: PodItem; readonly age: AgeOf },
): LogMatches[] {
  const owner = pod && { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name };
  return log.matches(pattern, owner).filter((one) => isOlder(age(one.last, one), RECENT_SECONDS) === false);
}

/** What a server that does not work says of the reason, in its current or its previous log. */
export function faultOfServer(
  log: LogSignals<DnsServerSignal>,
  pod: PodItem,
  age: AgeOf,
): { readonly pattern: Exclude<DnsServerSignal, 'upstream'>; readonly matches: LogMatches } | undefined {
  for (const pattern of ['loop', 'noNameservers', 'corefile', 'noApi'] as const) {
    const [matches] = recentMatches(log, pattern, { pod, age });
    if (matches) return { pattern, matches };
  }
  return undefined;
}

/** Clients of several namespaces that got no answer lately, one match for each pod; servers are left out. */
export function clientsWithoutAnswer(
  log: LogSignals<'noAnswer'>,
  servers: readonly PodItem[],
  age: AgeOf,
): { readonly matches: readonly LogMatches[]; readonly namespaces: readonly string[] } {
  const own = new Set(servers.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const byPod = new Map<string, LogMatches>();
  for (const matches of recentMatches(log, 'noAnswer', { age })) {
    const { scope } = matches;
    if (scope.type !== 'container' || scope.previous) continue;
    const pod = `${scope.namespace}/${scope.pod}`;
    if (!own.has(pod) && !byPod.has(pod)) byPod.set(pod, matches);
  }
  const namespaces = new Set([...byPod.keys()].map((pod) => pod.slice(0, pod.indexOf('/'))));
  return { matches: [...byPod.values()], namespaces: [...namespaces].sort() };
}
