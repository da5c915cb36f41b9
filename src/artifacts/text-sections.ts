/** `==> name <==`, the line `tail` writes above each of several files. */
const MARKER = /^==> (.+) <==$/;

/** A part of a text with the words of the marker above it; empty for what stands before the first marker. */
export interface TextSection {
  readonly name: string;
  readonly lines: readonly string[];
}

/** UTF-8 text as lines, without the ends of lines of either kind; bytes that are no UTF-8 are replaced. */
export function textLines(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The parts of a text between lines `==> name <==`, in order; a nameless first part is left out when empty. */
export function textSections(bytes: Uint8Array): TextSection[] {
  const sections: { name: string; lines: string[] }[] = [{ name: '', lines: [] }];
  for (const line of textLines(bytes)) {
    const name = MARKER.exec(line.trimEnd())?.[1];
    if (name === undefined) sections.at(-1)!.lines.push(line);
    else sections.push({ name, lines: [] });
  }
  return sections.filter(({ name, lines }) => name !== '' || lines.some((line) => line.trim() !== ''));
}

/** The lines of the sections of one name, joined; undefined when there is no such section. */
export function sectionLines(sections: readonly TextSection[], name: string): string[] | undefined {
  const found = sections.filter((section) => section.name === name);
  return found.length === 0 ? undefined : found.flatMap((section) => section.lines);
}

/** Numbers of a field that holds nothing else; undefined for anything but decimal digits. */
export function integerIn(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
