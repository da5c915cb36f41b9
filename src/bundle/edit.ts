import type { CoverageRow } from '../model/coverage.ts';
import { UserError } from '../model/errors.ts';
import { scopeKey } from '../model/scope.ts';
import { openArchive } from './archive.ts';
import { copyMembers } from './copy-members.ts';
import { addCounts } from './fill.ts';
import { encodeFooter } from './footer.ts';
import { openIndexed, readMetadata } from './indexed.ts';
import { placeEntries } from './kept-ranges.ts';
import {
  type BundleMetadata,
  MANIFEST_PATH,
  type Manifest,
  type ManifestEntry,
  METADATA_PATH,
  type MemberInfo,
} from './manifest.ts';
import { manifestText } from './manifest-text.ts';
import { type OutputFile, openOutputFile, refuseSameFile } from './output-file.ts';
import { verifyBundle } from './verify.ts';
import type { FinishedBundle } from './writer.ts';

/** What a bundle is sealed again without. */
export interface Edit {
  readonly file: string;
  /** Where the new bundle goes; never the file itself. */
  readonly outputFile: string;
  drops(entry: ManifestEntry): boolean;
  /** What the coverage record says of a dropped entry instead of how it was collected. */
  row(entry: ManifestEntry): Pick<CoverageRow, 'outcome' | 'reason'>;
  /** Called when every entry was judged and nothing is written yet; a throw ends the edit. */
  check?(): void;
}

/** A bundle sealed again. */
export interface EditedBundle extends FinishedBundle {
  readonly dropped: readonly ManifestEntry[];
}

/**
 * Seals a bundle again without some entries: gzip members without them are copied as they are, the others are
 * packed anew, manifest and index are rebuilt. The result is verified before it gets its name. Throws UserError
 * when the bundle has no index, is not what its index says, or cannot be written.
 */
export async function editBundle(edit: Edit): Promise<EditedBundle> {
  await refuseSameFile(edit.file, edit.outputFile);
  const indexed = await openIndexed(edit.file);
  if (indexed === undefined) throw unusable(edit.file, 'it has no index');
  try {
    const { manifest } = indexed;
    const metadata = await readMetadata(indexed).catch((error: Error) => {
      throw unusable(edit.file, error.message);
    });
    const dropped = manifest.entries.filter((entry) => entry.path !== METADATA_PATH && edit.drops(entry));
    edit.check?.();
    const output = await openOutputFile(edit.outputFile);
    try {
      await writeEdited(edit, { manifest, metadata, dropped: new Set(dropped), output });
      const { problems } = await verifyBundle(output.partialPath);
      if (problems[0] !== undefined) throw unusable(edit.file, problems[0]);
      return { file: edit.outputFile, dropped, ...(await output.commit()) };
    } catch (error) {
      await output.discard();
      throw error;
    }
  } finally {
    await indexed.close();
  }
}

function unusable(file: string, why: string): UserError {
  return new UserError('bundle-not-editable', `${file}: cannot be edited: ${why}`, {
    hint: 'Give a bundle as `kubecase collect` wrote it; `kubecase verify` says what is wrong with one.',
  });
}

interface Work {
  readonly manifest: Manifest;
  readonly metadata: BundleMetadata;
  readonly dropped: ReadonlySet<ManifestEntry>;
  readonly output: OutputFile;
}

async function writeEdited(edit: Edit, work: Work): Promise<void> {
  const { manifest, metadata, dropped, output } = work;
  const kept = manifest.entries.filter((entry) => !dropped.has(entry));
  const members = await writeMembers(edit.file, work);
  const redactions: Record<string, number> = {};
  for (const entry of kept) addCounts(redactions, entry.redactions ?? {});
  const edited: Manifest = {
    ...manifest,
    redactions,
    coverage: editedRows(manifest.coverage, dropped, edit),
    members,
    entries: placeEntries(kept, manifest, dropped, members),
  };
  const last = members.at(-1);
  const offset = last === undefined ? 0 : last.offset + last.length;
  const content = Buffer.from(manifestText(edited));
  let failure: { readonly error: unknown } | undefined;
  const archive = openArchive(output.write, (error) => {
    failure ??= { error };
  });
  const modified = new Date(metadata.createdAt);
  await archive.append({ path: MANIFEST_PATH, size: content.length, modified, content });
  await archive.finish();
  if (failure !== undefined) throw failure.error;
  await output.write(encodeFooter({ offset, size: content.length }));
}

async function writeMembers(file: string, { manifest, dropped, output }: Work): Promise<MemberInfo[]> {
  const written: MemberInfo[] = [];
  let offset = 0;
  for await (const { bytes, size } of copyMembers(file, manifest, dropped)) {
    await output.write(bytes);
    written.push({ offset, length: bytes.length, size });
    offset += bytes.length;
  }
  return written;
}

/** The coverage rows with those of dropped entries replaced; an entry within a wider scope gets a row of its own. */
function editedRows(
  rows: readonly CoverageRow[],
  dropped: ReadonlySet<ManifestEntry>,
  edit: Edit,
): CoverageRow[] {
  const key = ({ artifact, scope, sample }: Pick<CoverageRow, 'artifact' | 'scope' | 'sample'>) =>
    `${artifact} ${scopeKey(scope)} ${sample ?? 0}`;
  const edited = new Map(rows.map((row) => [key(row), row]));
  for (const entry of dropped) {
    const { artifact, scope, sample } = entry;
    const collector = edited.get(key(entry))?.collector;
    edited.set(key(entry), {
      artifact,
      scope,
      sample,
      ...(collector === undefined ? {} : { collector }),
      ...edit.row(entry),
    });
  }
  return [...edited.values()];
}
