import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { artifactsOf } from '../analyze/analyze.ts';
import type { ContentType } from '../model/artifact.ts';

/** How documents are to be read: by those who make and those who read them. */
export function contentTypes(): ReadonlyMap<string, ContentType> {
  const artifacts = [...collectors.flatMap(({ meta }) => meta.produces), ...artifactsOf(analyzers)];
  return new Map(
    artifacts.flatMap((artifact) =>
      artifact.type === 'document' ? [[artifact.id, artifact.contentType] as const] : [],
    ),
  );
}
