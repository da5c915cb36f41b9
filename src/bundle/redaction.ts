import type { ContentType } from '../model/artifact.ts';
import type { Scope } from '../model/scope.ts';
import type { HeldSignature } from '../redact/certificate-rewrite.ts';
import type { ObfuscationNote, RedactionCounts } from './manifest.ts';

/** An object after redaction. */
export interface RedactedItem {
  /** One-line JSON to store instead of the item's own text; undefined: nothing was changed. */
  readonly text?: string;
  readonly counts: RedactionCounts;
}

/** A document after redaction. */
export interface RedactedDocument {
  readonly bytes: Uint8Array;
  readonly counts: RedactionCounts;
}

/** Redacts a text stream; holds back what a secret may span over chunk borders. */
export interface TextRedactor {
  push(chunk: Uint8Array): Uint8Array;
  /** The rest; nothing may be pushed afterwards. */
  end(): Uint8Array;
  counts(): RedactionCounts;
}

/**
 * The seam between writer and redaction: the writer stores nothing that has not passed one of these.
 * Each may throw: the entry is then dropped, never written as it came.
 */
export interface Redaction {
  /**
   * One API object: parsed value and the text it was parsed from (numbers that JavaScript cannot print
   * back are copied from it). `apiVersion` and `kind` are present even where the server left them out.
   */
  item(object: Readonly<Record<string, unknown>>, text: string): RedactedItem;
  document(bytes: Uint8Array, contentType: ContentType): RedactedDocument;
  createTextRedactor(): TextRedactor;
  /** Set when names and addresses are replaced, too: what the manifest says of it. */
  readonly obfuscation?: ObfuscationNote;
  /** A name of our own making that may hold one of the cluster, such as the id of a kind. */
  name?(text: string): string;
  /** The scope an entry is stored under; without `obfuscation` names stay. */
  scope?<S extends Scope>(scope: S): S;
  /** The same without what replaces names, for what holds pseudonyms already. */
  readonly secretsOnly?: Redaction;
  /** Signatures of certificates that held before their names were replaced. */
  heldSignatures?(): readonly HeldSignature[];
}

/** Redacts a short text of our own making that may quote something, such as a reason. */
export type NoteRedactor = (text: string) => string;

/** Stands for a text that redaction could not judge. */
const WITHHELD = '(withheld: redaction failed)';

/** A redactor for the texts that go into the manifest itself; never throws. */
export function createNoteRedactor(redaction: Redaction): NoteRedactor {
  return (text) => {
    try {
      const redactor = redaction.createTextRedactor();
      const parts = [redactor.push(Buffer.from(text)), redactor.end()];
      return Buffer.concat(parts).toString();
    } catch {
      return WITHHELD;
    }
  };
}
