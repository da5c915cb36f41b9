import type { Manifest } from '../bundle/manifest.ts';
import { obfuscating } from '../bundle/obfuscating.ts';
import { createObfuscationScan } from '../bundle/obfuscation-scan.ts';
import type { Redaction } from '../bundle/redaction.ts';
import { UserError } from '../model/errors.ts';
import { createObfuscation, type ObfuscatedKind, type Obfuscation } from '../redact/obfuscate.ts';
import { readKeyFile, savePseudonyms } from './key-file.ts';

/** The flags of `collect` and `convert` that replace names. */
export interface ObfuscateFlags {
  readonly obfuscate?: readonly ObfuscatedKind[];
  readonly keyFile?: string;
}

/** What the flags ask for, as far as one bundle is concerned. */
export interface BundleObfuscation {
  /** Undefined: names stay. */
  readonly obfuscation?: Obfuscation;
  /** The redaction with names replaced in what it leaves. */
  wrap(redaction: Redaction): Redaction;
  /** What the scan of the finished bundle looks for beside secrets. */
  readonly search?: () => (text: string) => string | undefined;
  /** A name as it may be shown outside of the cluster. */
  name(text: string): string;
  /** Keeps what the pseudonyms stand for in the key file. */
  save(): Promise<void>;
}

const NAMES_STAY: BundleObfuscation = {
  wrap: (redaction) => redaction,
  name: (text) => text,
  save: async () => {},
};

/** Reads the key file, which exists by now. Throws UserError without one: nobody could bring the names back. */
export async function bundleObfuscation({ obfuscate, keyFile }: ObfuscateFlags): Promise<BundleObfuscation> {
  if (obfuscate === undefined) return NAMES_STAY;
  if (keyFile === undefined)
    throw new UserError('obfuscate-without-key', '--obfuscate needs a key that brings the names back', {
      hint: 'Name a file with --key-file; it is made when there is none. Keep it, and do not send it with the bundle.',
    });
  const { key, pseudonyms } = await readKeyFile(keyFile);
  const stored = new Map([...pseudonyms.names].map(([stands, name]) => [name, stands]));
  const obfuscation = createObfuscation(key, new Set(obfuscate), stored);
  return {
    obfuscation,
    wrap: (redaction) => obfuscating(redaction, obfuscation),
    search: () => createObfuscationScan(obfuscation),
    name: (text) => obfuscation.hide(text).text,
    async save() {
      await savePseudonyms(keyFile, { key, pseudonyms: obfuscation.pseudonyms() });
      const kept = obfuscation.keptNames();
      if (kept > 0)
        process.stderr.write(
          `${kept} names were kept: they are words that name nobody, such as kube-system\n`,
        );
    },
  };
}

/** What is finished in a bundle is copied as it is, and its names are looked up in the cluster again. */
export function refuseResumed(
  { obfuscate }: ObfuscateFlags,
  earlier: Pick<Manifest, 'obfuscation'> | undefined,
): void {
  if (earlier === undefined || (obfuscate === undefined && earlier.obfuscation === undefined)) return;
  throw new UserError('resume-obfuscated', '--resume cannot go on with names that are replaced', {
    hint: 'Collect anew with --obfuscate, or resume without it and replace the names afterwards: `kubecase convert --obfuscate`.',
  });
}
