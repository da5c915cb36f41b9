import type { EntryHandler, EntryHeader, EntrySink, ReadProblem } from '../bundle/entry-sink.ts';
import { FIRST_BYTES, type Layout } from './layout.ts';
import { createOtherLayouts, type FoundLayout } from './other-layouts.ts';

/** What the detection tells of. */
export interface DetectionListener {
  onLayout(layout: Layout): void;
  /** One file, its path relative to the root of the bundle, with its first bytes. */
  onFile(layout: Layout, path: string, first: Buffer, header: EntryHeader): EntrySink | undefined;
}

/** Bytes of files held back until a layout is recognised; beyond them, the layout of last resort is used. */
const HELD_MAX = 64 * 1024 * 1024;

/** Files held back at most. */
const HELD_FILES = 10_000;

interface HeldFile {
  readonly header: EntryHeader;
  readonly parts: Buffer[];
  complete: boolean;
}

/**
 * Finds the layout while entries stream by. Files that come before the one that tells are held back and
 * handed over then, in order; our own bundles tell by their first entry.
 */
export function createDetection(layouts: readonly Layout[], lastResort: Layout, listener: DetectionListener) {
  const others = createOtherLayouts(layouts);
  let found: FoundLayout | undefined;
  let held: HeldFile[] = [];
  let heldBytes = 0;

  function decide(layout: Layout, root: string): void {
    found = { layout, root };
    listener.onLayout(layout);
    const waiting = held;
    held = [];
    heldBytes = 0;
    for (const file of waiting) {
      const sink = file.header.link === undefined ? openFound(file.header) : undefined;
      for (const part of file.parts) sink?.chunk(part);
      sink?.end(file.complete);
    }
  }

  function recognise({ path, alone }: EntryHeader, first: Buffer): void {
    for (const layout of layouts) {
      const root = layout.recognise(path, first, alone);
      if (root === undefined) continue;
      decide(layout, root);
      return;
    }
  }

  function openFound(header: EntryHeader): EntrySink | undefined {
    const { layout, root } = found!;
    if (!header.path.startsWith(root))
      return firstBytesSink(header, (first) => {
        others.note(header.path, first, found!);
        return undefined;
      });
    return firstBytesSink(header, (first) =>
      listener.onFile(layout, header.path.slice(root.length), first, header),
    );
  }

  /** Looks at the first bytes; the file is handed over at once when they tell the layout, else held back. */
  function openUnknown(header: EntryHeader): EntrySink {
    return firstBytesSink(header, (first) => {
      recognise(header, first);
      if (found === undefined && (heldBytes > HELD_MAX || held.length >= HELD_FILES)) decide(lastResort, '');
      if (found !== undefined) return openFound(header);
      return hold(header);
    });
  }

  function hold(header: EntryHeader): EntrySink {
    const file: HeldFile = { header, parts: [], complete: false };
    held.push(file);
    let late: EntrySink | undefined;
    let isLate = false;
    return {
      chunk(bytes) {
        if (isLate) {
          late?.chunk(bytes);
          return;
        }
        file.parts.push(Buffer.from(bytes));
        heldBytes += bytes.length;
        if (heldBytes <= HELD_MAX) return;
        // The file itself is handed over as it goes on, after those before it.
        held.pop();
        decide(lastResort, '');
        isLate = true;
        late = openFound(header);
        for (const part of file.parts.splice(0)) late?.chunk(part);
      },
      end(complete) {
        file.complete = complete;
        if (isLate) late?.end(complete);
      },
    };
  }

  const handler: EntryHandler = {
    onEntry(header) {
      // Links carry no bytes; what they lead to is read at its own path.
      if (header.link !== undefined) {
        if (found === undefined) recognise(header, Buffer.alloc(0));
        return undefined;
      }
      return found === undefined ? openUnknown(header) : openFound(header);
    },
  };

  return {
    handler,
    /** The layout, as soon as a file told it. */
    layout: (): Layout | undefined => found?.layout,
    /** A file the layout ignores; where that claims the whole input, it may be one of another bundle. */
    unused(path: string, first: Buffer): void {
      if (found?.root === '') others.note(path, first, found);
    },
    /** Bundles beside the one that was read. */
    others: (): readonly ReadProblem[] => others.problems(),
    /** To be called at the end of the input; the layout that was used. */
    finish(): Layout {
      if (found === undefined) decide(lastResort, '');
      return found!.layout;
    },
  };
}

/** Holds back the first bytes of an entry until there are enough to judge it by. */
function firstBytesSink(header: EntryHeader, open: (first: Buffer) => EntrySink | undefined): EntrySink {
  const wanted = Math.min(header.size, FIRST_BYTES);
  let parts: Buffer[] = [];
  let size = 0;
  let opened = false;
  let sink: EntrySink | undefined;

  function release(): void {
    opened = true;
    const first = parts.length === 1 ? parts[0]! : Buffer.concat(parts, size);
    parts = [];
    sink = open(first.subarray(0, FIRST_BYTES));
    if (first.length > 0) sink?.chunk(first);
  }

  return {
    chunk(bytes) {
      if (opened) {
        sink?.chunk(bytes);
        return;
      }
      size += bytes.length;
      parts.push(size >= wanted ? bytes : Buffer.from(bytes));
      if (size >= wanted) release();
    },
    end(complete) {
      if (!opened) release();
      sink?.end(complete);
    },
    isIdle: () => opened && (sink === undefined || (sink.isIdle?.() ?? false)),
  };
}
