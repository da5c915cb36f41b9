import { scopeKey } from '../../../src/model/scope.ts';
import type { Seen } from './layout-fixture.ts';

/** What a reading gave, one line per entry, sorted. */
export function seenLines(seen: readonly Seen[]): string[] {
  return seen
    .map(({ entry, content }) => {
      if (entry.kind === 'log')
        return `log ${scopeKey(entry.sections[0]!.scope)}: ${content.join('').trim().replaceAll('\n', '|')}`;
      if (entry.kind === 'document') return `document ${entry.artifact} ${scopeKey(entry.scope)}`;
      const scope = entry.scopeByItems ? 'by items' : scopeKey(entry.scope);
      return `${scope} ${entry.whole ? 'whole' : 'part'}: ${content.join()}`;
    })
    .sort();
}
