/** Work shorter than this, in milliseconds, needs no word. */
const SILENT_MS = 2000;
/** How often the line is written anew, in milliseconds. */
const TICK_MS = 1000;

/** On a terminal, shows below what is printed that work goes on, and for how long it has; the line goes with the work. */
export async function whileBusy<T>(
  what: string,
  work: () => Promise<T>,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): Promise<T> {
  if (stream.isTTY !== true || process.env.CI) return work();
  const began = Date.now();
  let shown = false;
  const timer = setInterval(() => {
    const milliseconds = Date.now() - began;
    if (milliseconds < SILENT_MS) return;
    shown = true;
    stream.write(`\r\x1b[K${what} … ${Math.round(milliseconds / 1000)} s`);
  }, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (shown) stream.write('\r\x1b[K');
  }
}
