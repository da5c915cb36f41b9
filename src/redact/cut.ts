/** How the line begins that stands in a log where bytes were cut. */
const MARKER = /^\[kubecase: \d{1,20} bytes cut here;/;
/** How every marker line begins, for the prefilter. */
export const CUT_TRIGGER = '[kubecase: ';

/** The line, with its break, that stands where bytes were cut. */
export function cutMarker(droppedBytes: number): string {
  return `[kubecase: ${droppedBytes} bytes cut here; --max-log-size raises the limit]\n`;
}

/** Whether a line says that bytes were cut: what spans several lines ends before it, and may have begun in the gap. */
export function isCutMarker(line: string): boolean {
  return MARKER.test(line);
}
