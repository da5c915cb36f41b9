import type { Layout } from './layout.ts';

/** Archives, by their names. */
const ARCHIVE = /\.(?:tar|tar\.\w+|tgz|zip|gz|xz|zst|7z|bz2)$/i;
const LOG = /\.log(?:\.\d+)?$|(?:^|\/)logs?\//i;
const OBJECTS = /\.(?:ya?ml|json)$/i;

/** Counts what the files of an input look like that is of no known layout and holds no object. */
export function createUnknownFiles(layouts: readonly Layout[]) {
  const seen = new Map<string, { count: number; first: string }>();
  let files = 0;

  function kindOf(path: string, first: Buffer): string | undefined {
    const alone = layouts.find((layout) => layout.recognise('', first, true) !== undefined);
    if (alone) return alone.title;
    if (ARCHIVE.test(path)) return 'archives';
    if (LOG.test(path)) return 'logs';
    return OBJECTS.test(path) ? 'YAML or JSON without apiVersion and kind' : undefined;
  }

  return {
    note(path: string, first: Buffer): void {
      files++;
      const kind = kindOf(path, first);
      if (kind === undefined) return;
      const known = seen.get(kind);
      if (known) known.count++;
      else seen.set(kind, { count: 1, first: path });
    },
    /** One line: `recognised in 120 files: archives (2: a.zip, …)`; empty when nothing was recognised. */
    text(): string {
      const parts = [...seen].map(([kind, { count, first }]) => {
        return `${kind} (${count}: ${first}${count > 1 ? ', …' : ''})`;
      });
      return parts.length === 0
        ? ''
        : `recognised in ${files} file${files === 1 ? '' : 's'}: ${parts.join(', ')}`;
    },
  };
}
