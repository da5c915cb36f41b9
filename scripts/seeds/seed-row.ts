/** What a line of a source document is. */
export const ROW_KINDS = ['symptom', 'step', 'command', 'table', 'remedy', 'question', 'practice'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** Where the product answers a row. Every name is checked against the units and the command line. */
export type SeedAnswer =
  /** Findings of an analyzer: the messages that say it, or all of them. */
  | { readonly analyzer: string; readonly message?: string | readonly string[] }
  /** A row an analyzer fills in a checklist, fine or not. */
  | { readonly analyzer: string; readonly check: string }
  /** What brings the data into the bundle. */
  | { readonly collector: string }
  /** A table of facts of the report, by the id of the derived value. */
  | { readonly facts: string }
  /** A command line of kubecase. */
  | { readonly command: string };

/** Where a document is wrong, and the page that says so. */
export interface SeedCorrection {
  /** One sentence: what is so instead. */
  readonly says: string;
  /** Id of the analyzer or collector whose page says it. */
  readonly page: string;
  /** Words of that page, by which a test sees that it still does. */
  readonly quote: string;
}

/** One thing a source document says, asks or tells to do. */
export interface SeedRow {
  /** The line of the document, or its first and last one. */
  readonly lines: number | readonly [number, number];
  readonly kind: RowKind;
  /** What stands there, in words of ours. */
  readonly says: string;
  readonly answers: readonly [SeedAnswer, ...SeedAnswer[]];
  readonly correction?: SeedCorrection;
}

/** A source document: practice of support engineers that the product has to answer. */
export interface SeedDocument {
  /** Name of the document without its ending. */
  readonly id: string;
  readonly title: string;
  /** In the order of their lines. */
  readonly rows: readonly SeedRow[];
}

/** First and last line of a row. */
export function linesOf({ lines }: Pick<SeedRow, 'lines'>): readonly [number, number] {
  return typeof lines === 'number' ? [lines, lines] : lines;
}
