import { redactDocument, redactItem } from '../redact/document.ts';
import { createTextRedactor } from '../redact/text.ts';
import { wholeLines } from './item-lines.ts';
import type { BundleSource } from './source.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const OPEN = 0x7b;
/** Bytes of one document; larger ones are no answer of an Admin API. */
const DOCUMENT_MAX = 64 * 1024 * 1024;

/**
 * The same bundle as it may be shown: what is served passes redaction once more, since nobody vouches that the
 * writer of a bundle did it. An item or document that cannot be judged is an error, never shown as it came.
 */
export function redactedSource(source: BundleSource): BundleSource {
  const artifacts = new Map(source.manifest.entries.map(({ path, artifact }) => [path, artifact]));
  return {
    ...source,
    chunks(path) {
      const artifact = artifacts.get(path) ?? '';
      if (artifact.startsWith('resources:')) return itemsWithoutSecrets(source.chunks(path), artifact);
      if (artifact === 'logs') return textWithoutSecrets(source.chunks(path));
      return documentWithoutSecrets(source.chunks(path), path);
    },
  };
}

async function* itemsWithoutSecrets(chunks: AsyncIterable<Buffer>, artifact: string): AsyncGenerator<Buffer> {
  const kind = artifact.slice(artifact.lastIndexOf('/') + 1);
  let isFirst = true;
  for await (const lines of wholeLines(chunks)) {
    const [head, ...rest] = lines;
    // The first line is that of the list.
    const shown = isFirst && head ? [head, ...rest.map(shownLine)] : lines.map(shownLine);
    isFirst = false;
    yield Buffer.concat(shown);
  }

  function shownLine(line: Buffer): Buffer {
    if (line[0] !== OPEN) return line;
    let end = line.length;
    while (end > 0 && (line[end - 1] === NEWLINE || line[end - 1] === COMMA)) end--;
    const text = line.toString('utf8', 0, end);
    const after = redactItem(parsed(text), text, { kind }).text;
    return after === undefined ? line : Buffer.concat([Buffer.from(after), line.subarray(end)]);
  }
}

/** The parser's own message quotes the text, secrets included. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('an item of the bundle is not JSON');
  }
}

async function* textWithoutSecrets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const redactor = createTextRedactor();
  for await (const chunk of chunks) {
    const shown = redactor.push(chunk);
    // What is shown may share memory with the chunk, which the reader may use again.
    if (shown.length > 0) yield Buffer.from(shown);
  }
  const rest = redactor.end();
  if (rest.length > 0) yield Buffer.from(rest);
}

async function* documentWithoutSecrets(chunks: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > DOCUMENT_MAX) throw new Error(`${path}: above ${DOCUMENT_MAX} bytes`);
  }
  const type = path.endsWith('.json') ? 'json' : path.endsWith('.yaml') ? 'yaml' : 'text';
  yield redactDocument(Buffer.concat(parts), type).bytes;
}
