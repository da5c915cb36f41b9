import { collectSink } from '../bundle/collect-sink.ts';
import type { EntryHeader, EntrySink, ReadProblem, ReadSummary } from '../bundle/entry-sink.ts';
import { hasLostFooter } from '../bundle/footer.ts';
import { openIndexed } from '../bundle/indexed.ts';
import { inputKind } from '../bundle/input.ts';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import type { BundleMetadata, Manifest, ManifestEntry } from '../bundle/manifest.ts';
import { FormatVersionError, parseManifest, parseMetadata } from '../bundle/manifest-check.ts';
import { createNested } from '../bundle/nested.ts';
import { type ReadOptions, readEntries } from '../bundle/reader.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { UserError } from '../model/errors.ts';
import type { Observation } from '../model/observation.ts';
import { createAppleFilter } from './apple-files.ts';
import { clusterInfoDump } from './cluster-info-dump.ts';
import { consoleText } from './console-text.ts';
import { convertingSink } from './converting-sink.ts';
import { createDetection } from './detection.ts';
import { withTime } from './file-time.ts';
import { istioBugReport } from './istio-bug-report.ts';
import { konvoy } from './konvoy.ts';
import { konvoyConfiguration } from './konvoy-configuration.ts';
import { entryOfRow, kubecase } from './kubecase.ts';
import { kubectlGet } from './kubectl-get.ts';
import type { AboutBundle, AssembledDocument, ContentEntry, Layout } from './layout.ts';
import { missingRows } from './missing-rows.ts';
import { mustGather } from './must-gather.ts';
import { newestFirstSink } from './newest-first.ts';
import { noBundle } from './no-bundle.ts';
import { nodeArchive } from './node-archive.ts';
import { createPartsSink } from './parts.ts';
import { supportBundleKit } from './support-bundle-kit.ts';
import { troubleshoot } from './troubleshoot.ts';
import { createUnknownFiles } from './unknown-files.ts';
import { createUnpacking } from './unpacked-sink.ts';
import { unreadReason } from './unread-reason.ts';

export type { ContentEntry } from './layout.ts';

/** The layouts known, in the order they are tried. */
export const LAYOUTS: readonly Layout[] = [
  kubecase,
  nodeArchive,
  troubleshoot,
  konvoy,
  istioBugReport,
  mustGather,
  supportBundleKit,
  clusterInfoDump,
  konvoyConfiguration,
  consoleText,
];

/** Takes the entries of a bundle, whatever tool wrote it; documents come in the shape of our own. */
export interface BundleVisitor {
  /** Called once, before the first entry. */
  onLayout?(layout: Layout): void;
  /** `header.path` is relative to the root of the bundle, wherever in the input that lies. */
  onEntry(entry: ContentEntry, header: EntryHeader): EntrySink | undefined;
}

/** What is known of a bundle when it was read. */
export interface BundleReading {
  readonly layout: Layout;
  readonly summary: ReadSummary;
  readonly metadata?: BundleMetadata;
  /** What a foreign bundle says of itself. */
  readonly about?: AboutBundle;
  readonly manifest?: Manifest;
  /** Coverage rows of the manifest, or those a foreign layout keeps in files of its own. */
  readonly coverage: readonly CoverageRow[];
  /** Set when the bundle is less than what was to be collected: cut, unlabelled, or closed early. */
  readonly incomplete?: string;
  /** False when times of files say nothing of the time of collection, as in an unpacked folder. */
  readonly hasFileTimes: boolean;
}

const FOOTER_LOST = 'the file is cut: it ends within its footer, behind the last entry';

/** Bytes of a coverage file of a foreign layout. */
const COVERAGE_MAX = 4 * 1024 * 1024;

/**
 * Reads a bundle once, in order: finds its layout, classifies every file, hands the bytes on. Throws
 * UserError when there is nothing to read or the format is newer than this kubecase.
 */
export async function readBundle(
  input: string,
  visitor: BundleVisitor,
  options: ReadOptions = {},
): Promise<BundleReading> {
  try {
    return await readWith(input, visitor, options);
  } catch (error) {
    if (!(error instanceof FormatVersionError)) throw error;
    throw new UserError('input-newer-format', `${input}: ${error.message}`, {
      hint: 'Update kubecase.',
      cause: error,
    });
  }
}

async function readWith(input: string, visitor: BundleVisitor, options: ReadOptions): Promise<BundleReading> {
  const kind = await inputKind(input);
  const limits = options.limits ?? READ_LIMITS;
  const state = createState(kind === 'file' ? await manifestOf(input, limits) : undefined);
  const hasFileTimes = kind !== 'directory';
  const unpacking = createUnpacking(limits, state.takeProblem);
  const unknown = createUnknownFiles(LAYOUTS);
  let contents = 0;
  let isText = false;
  const detection = createDetection(LAYOUTS, kubectlGet, {
    onLayout: (layout) => visitor.onLayout?.(layout),
    onFile: (layout, path, first, header) => open(layout, { path, first, header }),
  });

  function open(
    layout: Layout,
    file: { path: string; first: Buffer; header: EntryHeader },
  ): EntrySink | undefined {
    const { path, first, header } = file;
    isText ||= header.alone === true;
    if (!state.saw(path, header.size)) return undefined;
    const row = layout === kubecase ? state.row(path) : undefined;
    const entry = row === undefined ? layout.classify(path, first) : entryOfRow(row);
    switch (entry.kind) {
      case 'ignored':
        if (layout === kubectlGet && contents === 0) unknown.note(path, first);
        detection.unused(header.path, first);
        return undefined;
      case 'manifest':
        return collectSink(limits.maxManifestBytes, state.takeManifest);
      case 'metadata':
        return collectSink(COVERAGE_MAX, state.takeMetadata);
      case 'coverage':
        return collectSink(COVERAGE_MAX, (bytes) => state.takeCoverage(layout, path, bytes));
      case 'piece':
        if (entry.nameOnly) {
          state.takePiece(path, Buffer.alloc(0), true);
          return undefined;
        }
        return collectSink(COVERAGE_MAX, (bytes, complete) => state.takePiece(path, bytes, complete));
      case 'parts':
        return createPartsSink(entry.divider(), {
          open: (part) => deliver(layout, part, { ...header, path }),
          report: state.takeRow,
        });
      default:
        return deliver(layout, entry, { ...header, path });
    }
  }

  function deliver(layout: Layout, entry: ContentEntry, header: EntryHeader): EntrySink | undefined {
    contents++;
    const told = layout.about ? { ...entry, observedAt: state.observedAt } : entry;
    const sink = visitor.onEntry(withTime(told, header, layout !== kubecase && hasFileTimes), header);
    if (sink !== undefined && entry.kind === 'log' && entry.packed) return unpacking.sink(header.path, sink);
    if (sink !== undefined && entry.kind === 'log' && entry.newestFirst)
      return newestFirstSink(header.path, sink, state.takeProblem);
    if (sink === undefined || entry.kind === 'log' || entry.convert === undefined) return sink;
    return convertingSink(entry.convert, sink);
  }

  const apple = createAppleFilter();
  const isNested = (path: string) => nestedIn(detection.layout(), path);
  const nested = createNested(apple.without(detection.handler), isNested, limits);
  const all = apple.without(nested.handler);
  const read = () => readEntries(input, all, { ...options, text: true });
  const summary = apple.summary(await nested.read(read, options));
  const layout = detection.finish();
  detection.others().forEach(state.takeProblem);
  for (const { path, entry, bytes } of state.assembled(layout)) {
    const sink = deliver(layout, entry, { path, size: bytes.length });
    sink?.chunk(Buffer.from(bytes));
    sink?.end(true);
  }
  if (layout === kubectlGet && contents === 0 && summary.truncated === undefined)
    throw noBundle(input, isText, unknown.text());
  const reading = { ...state.reading(layout, summary), hasFileTimes };
  const { incomplete, manifest } = reading;
  if (kind !== 'file' || incomplete !== undefined || manifest === undefined) return reading;
  return (await hasLostFooter(input, manifest)) ? { ...reading, incomplete: FOOTER_LOST } : reading;
}

/** Whether a layout, or while none is known any of them, has an archive there. */
function nestedIn(layout: Layout | undefined, path: string): boolean {
  return (layout ? [layout] : LAYOUTS).some(({ nested }) => nested?.(path) === true);
}

/** The manifest of a file, by its index. */
async function manifestOf(file: string, limits: ReadLimits): Promise<Manifest | undefined> {
  const indexed = await openIndexed(file, limits);
  await indexed?.close();
  return indexed?.manifest;
}

/** What the files about the bundle say, gathered while it is read. */
function createState(known: Manifest | undefined) {
  let manifest = known;
  let metadata: BundleMetadata | undefined;
  let rows = index(known);
  const coverage: CoverageRow[] = [];
  const problems: ReadProblem[] = [];
  const sizes = new Map<string, number>();
  const pieces = new Map<string, Buffer>();
  let about: AboutBundle | undefined;
  // Filled when the file that tells comes by: entries may stand before it.
  const observedAt: { -readonly [K in keyof Observation]: Observation[K] } = {
    time: '',
    source: 'collector',
    errorSeconds: 0,
  };

  function guarded<T>(what: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (error instanceof FormatVersionError) throw error;
      problems.push({ code: 'damaged', message: `${what}: ${(error as Error).message}`, path: what });
      return undefined;
    }
  }

  return {
    row: (path: string) => rows.get(path),
    /** False for a name that was there before: which of the two is meant nobody knows, the first is read. */
    saw(path: string, size: number): boolean {
      if (sizes.has(path)) {
        problems.push({
          code: 'duplicate',
          message: `${path}: is in the bundle twice, the first is read`,
          path,
        });
        return false;
      }
      sizes.set(path, size);
      return true;
    },
    takeManifest(bytes: Buffer, complete: boolean, limit?: Error): void {
      if (limit && manifest === undefined)
        problems.push({
          code: 'maxManifestBytes',
          message: `manifest.json: ${limit.message}`,
          path: 'manifest.json',
        });
      if (!complete || manifest !== undefined) return;
      manifest = guarded('manifest.json', () => parseManifest(bytes));
      rows = index(manifest);
    },
    takeMetadata(bytes: Buffer, complete: boolean): void {
      if (complete) metadata ??= guarded('metadata.json', () => parseMetadata(bytes));
    },
    takePiece(path: string, bytes: Buffer, complete: boolean): void {
      if (complete) pieces.set(path, bytes);
    },
    takeRow: (row: CoverageRow): void => void coverage.push(row),
    takeProblem: (problem: ReadProblem): void => void problems.push(problem),
    assembled(layout: Layout): readonly AssembledDocument[] {
      const made = layout.assemble?.(pieces);
      coverage.push(...(made?.rows ?? []));
      return made?.documents ?? [];
    },
    observedAt: observedAt as Observation,
    takeCoverage(layout: Layout, path: string, bytes: Buffer): void {
      coverage.push(...(layout.coverage?.(path, bytes) ?? []));
      about ??= guarded(path, () => layout.about?.(path, bytes));
      if (about?.observedAt) Object.assign(observedAt, about.observedAt);
    },
    reading(layout: Layout, read: ReadSummary): Omit<BundleReading, 'hasFileTimes'> {
      const summary = { ...read, problems: [...read.problems, ...problems] };
      const own = layout === kubecase;
      const missing = own ? missingRows(manifest, sizes) : [];
      const broken = problems.find(({ path }) => path === 'manifest.json')?.message;
      const incomplete =
        summary.truncated?.reason ??
        (own && manifest === undefined
          ? (broken ?? 'the bundle has no manifest: its collection was cut off')
          : undefined) ??
        (own && manifest?.complete === false ? (manifest.incompleteReason ?? 'interrupted') : undefined) ??
        missing[0]?.reason ??
        unreadReason(summary.problems);
      return {
        layout,
        summary,
        metadata: own ? metadata : undefined,
        about,
        manifest: own ? manifest : undefined,
        coverage: own ? [...(manifest?.coverage ?? []), ...missing] : coverage,
        incomplete,
      };
    },
  };
}

function index(manifest: Manifest | undefined): ReadonlyMap<string, ManifestEntry> {
  return new Map((manifest?.entries ?? []).map((row) => [row.path, row]));
}
