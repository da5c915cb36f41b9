const NEWLINE = 0x0a;
const COMMA = 0x2c;

/** The objects of a list of ours, one per line. Throws SyntaxError where a line is no object. */
export async function* listItems(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  let isHead = true;
  for await (const line of linesOf(chunks)) {
    const isEnd = line.length > 0 && line[0] === 0x5d;
    if (!isHead && !isEnd && line.length > 0)
      yield JSON.parse(line.toString('utf8', 0, line.at(-1) === COMMA ? line.length - 1 : line.length));
    isHead = false;
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(Buffer.from(chunk.subarray(from)));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
