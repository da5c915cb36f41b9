import { collectSink } from '../bundle/collect-sink.ts';
import type { EntrySink } from '../bundle/entry-sink.ts';
import { DOCUMENT_MAX_BYTES } from '../model/artifact.ts';

/** Gives the converted bytes to a sink, or an end without bytes when they cannot be converted. */
export function convertingSink(convert: (bytes: Buffer) => Uint8Array, sink: EntrySink): EntrySink {
  return collectSink(DOCUMENT_MAX_BYTES, (bytes, complete) => {
    const converted = complete ? attempt(() => convert(bytes)) : undefined;
    if (converted !== undefined) sink.chunk(Buffer.from(converted));
    sink.end(converted !== undefined);
  });
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
