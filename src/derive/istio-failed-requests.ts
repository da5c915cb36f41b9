import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogMatches } from '../model/log-signals.ts';
import { isOlder } from '../model/observation.ts';
import {
  type AccessLine,
  accessLine,
  type IstioAccessLog,
  RESPONSE_FLAGS,
  type ResponseFlag,
} from './istio-access-log.ts';
import type { IstioProxy } from './istio-sidecars.ts';
import { hourlyRate, recentMatches } from './log-recency.ts';

/** Requests that fail by one flag at one upstream, over all proxies that log them. */
export interface FailedRequests {
  readonly flag: ResponseFlag;
  /** The last line, which stands for the others. */
  readonly line: AccessLine;
  readonly count: number;
  /** ISO 8601: the first and the last of them. */
  readonly first: string | undefined;
  readonly last: string;
  /** The pods whose proxies log them, that of the last line first. */
  readonly pods: readonly PodItem[];
  readonly matches: LogMatches;
  /** They come often and have not ended. */
  readonly goesOn: boolean;
}

/** Fewer lines than this are restarts and deployments. */
const MIN_LINES = 5;
/** Lines an hour from which on it is no noise (the rest is info). */
const OFTEN_PER_HOUR = 10;
/** The last line is at most this old where it goes on. */
const LATELY_SECONDS = 900;

/** What the access logs hold of the last hour, by flag and upstream. A log is counted for the upstream its last line names. */
export function failedRequests(
  log: IstioAccessLog,
  proxies: readonly IstioProxy[],
  context: Pick<DeriveContext, 'age'>,
): FailedRequests[] {
  const byPod = new Map(
    proxies.map((proxy) => [`${proxy.pod.metadata.namespace}/${proxy.pod.metadata.name}`, proxy]),
  );
  return RESPONSE_FLAGS.flatMap((flag) => {
    const groups = new Map<string, Told[]>();
    for (const matches of recentMatches(log.matches(flag), context)) {
      const { scope } = matches;
      const hit = matches.hits.at(-1);
      if (!hit || scope.type !== 'container' || scope.previous) continue;
      const proxy = byPod.get(`${scope.namespace}/${scope.pod}`);
      if (!proxy) continue;
      const line = accessLine(hit);
      if (isOrdinary(flag, line, proxy)) continue;
      const owner = line.direction === 'inbound' ? `${scope.namespace}/${scope.pod}` : '';
      const key = [line.direction, line.host, line.port, line.subset, owner].join('|');
      getOrCreate(groups, key, () => []).push({ matches, line, pod: proxy.pod });
    }
    return [...groups.values()].flatMap((told) => joined(flag, told, context));
  });
}

interface Told {
  readonly matches: LogMatches;
  readonly line: AccessLine;
  readonly pod: PodItem;
}

/** A gateway answers 404 to whatever the world asks it for. */
function isOrdinary(flag: ResponseFlag, { code }: AccessLine, { role }: IstioProxy): boolean {
  return flag === 'NR' && role === 'gateway' && code !== '0';
}

function joined(
  flag: ResponseFlag,
  told: readonly Told[],
  { age }: Pick<DeriveContext, 'age'>,
): FailedRequests[] {
  const ordered = [...told].sort((a, b) => ((a.matches.last ?? '') < (b.matches.last ?? '') ? 1 : -1));
  const [newest] = ordered;
  const count = told.reduce((sum, { matches }) => sum + matches.count, 0);
  const last = newest?.matches.last;
  if (!newest || last === undefined || count < MIN_LINES) return [];
  const rate = told.reduce((sum, { matches }) => sum + hourlyRate(matches), 0);
  return [
    {
      flag,
      line: newest.line,
      count,
      first: told.map(({ matches }) => matches.first ?? '').sort()[0] || undefined,
      last,
      pods: ordered.map(({ pod }) => pod),
      matches: newest.matches,
      goesOn: rate >= OFTEN_PER_HOUR && isOlder(age(last, newest.matches), LATELY_SECONDS) === false,
    },
  ];
}
