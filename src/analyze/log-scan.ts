import type { Artifact, LogSignalsArtifact } from '../model/artifact.ts';
import type { LogMatches } from '../model/log-signals.ts';
import type { Observation } from '../model/observation.ts';
import { ORIGIN, type OriginInfo } from '../model/origin.ts';
import type { Scope } from '../model/scope.ts';
import { compileMatcher, type Matcher } from '../scan/matcher.ts';
import type { ScanPattern } from '../scan/pattern.ts';
import { lastWords } from '../scan/section-result.ts';
import { createSectionScan } from '../scan/section-scan.ts';
import { patternId } from './log-signals-input.ts';
import type { LogSection } from './store.ts';

/** All tails together stay below this; logs after that keep none. */
const TAILS_MAX_BYTES = 32 * 1024 * 1024;

/** One log on its way through the scanner. */
export interface LogSectionScan {
  push(chunk: Uint8Array): void;
  end(): LogSection;
}

/** The scan of all logs of a run: one matcher for the signals of all analyzers. */
export interface LogScan {
  section(path: string, scope: Scope, observation: Observation | undefined): LogSectionScan;
}

/** Compiles the patterns of every log-signals artifact among those given. */
export function createLogScan(artifacts: Iterable<Artifact>): LogScan {
  const signals = new Set<LogSignalsArtifact>();
  for (const artifact of artifacts) if (artifact.type === 'log-signals') signals.add(artifact);
  const matcher: Matcher = compileMatcher([...signals].flatMap(scanPatterns));
  let tailBytes = 0;
  return {
    section(path, scope, observation) {
      const scan = createSectionScan(matcher, {
        keepTail: tailBytes < TAILS_MAX_BYTES,
        clock: () => performance.now(),
      });
      return {
        push: (chunk) => scan.push(chunk),
        end() {
          const result = scan.end();
          const tail = lastWords(result);
          tailBytes += (tail?.lines ?? []).reduce((sum, line) => sum + line.length, 0);
          const origin: OriginInfo = {
            path,
            line: 1,
            pointer: '',
            scope,
            ...(observation ? { observation } : {}),
          };
          const matches = new Map<string, LogMatches>();
          for (const { id, ...found } of result.patterns) {
            if (found.count > 0) matches.set(id, Object.assign({ scope, ...found }, { [ORIGIN]: origin }));
          }
          return {
            path,
            scope,
            ...(observation ? { observation } : {}),
            lines: result.lines + (result.open ? 1 : 0),
            bytes: result.bytes,
            ...(result.last === undefined ? {} : { last: result.last }),
            matches,
            ...(tail ? { tail } : {}),
          };
        },
      };
    },
  };
}

function scanPatterns(artifact: LogSignalsArtifact): ScanPattern[] {
  return Object.entries(artifact.patterns).map(([name, pattern]) => ({
    id: patternId(artifact, name),
    ...pattern,
  }));
}
