import type { AnalyzerResult } from './analyzer.ts';
import type { FactTable } from './artifact.ts';
import type { CoverageRow, Gap } from './coverage.ts';
import type { CheckRow, Finding } from './finding.ts';
import type { Check, Confidence, Message, Severity } from './message.ts';
import type { Observation } from './observation.ts';
import type { Subject } from './subject.ts';

/** Version of the JSON report: raised when a field changes its meaning or goes away. */
export const REPORT_SCHEMA_VERSION = 1;

/** How far the lists of a bundle are of one moment. */
export interface ReportConsistency {
  /** The version of the store that is the moment; absent: none could be pinned. */
  readonly resourceVersion?: string;
  /** Why none could be pinned. */
  readonly reason?: string;
  /** Lists of that moment, and of others. */
  readonly lists: number;
  readonly apart: number;
}

/** One input of the analysis. */
export interface ReportBundle {
  /** From the bundle's metadata, else its layout: never a file name of the reader's machine. */
  readonly name: string;
  readonly layout: string;
  /** Compressed size in bytes; 0 for a directory. */
  readonly size: number;
  /** Of the file; empty for a directory or standard input. */
  readonly sha256: string;
  readonly complete: boolean;
  /** Why it is not complete: interrupted, cut at byte n, no manifest. */
  readonly incompleteReason?: string;
  /** How far its lists are of one moment; only where that was asked for (`collect --consistent`). */
  readonly consistency?: ReportConsistency;
  /** Names and addresses in it are pseudonyms. */
  readonly obfuscation?: ReportObfuscation;
  readonly createdAt?: string;
  readonly createdBy?: string;
  readonly entries: number;
}

/** What pseudonyms stand for, and which key brings it back. */
export interface ReportObfuscation {
  /** `ip`, `hostname`, `namespace`. */
  readonly kinds: readonly string[];
  /** Eight hexadecimal digits that tell the key without giving it away. */
  readonly key: string;
}

/** What identifies and dates the cluster a report is about. */
export interface ReportCluster {
  /** uid of the namespace kube-system. */
  readonly id?: string;
  /** Context of the kubeconfig or name from the metadata. */
  readonly name?: string;
  /** gitVersion of the API server. */
  readonly version?: string;
  readonly flavour?: string;
  readonly nodes?: number;
  /** Newest observation, the time the report speaks of. */
  readonly observed?: Observation;
}

/** What was collected and what was not. */
export interface ReportCollection {
  readonly complete: boolean;
  readonly collectors: readonly { readonly id: string; readonly title: string; readonly outcome: string }[];
  /** Coverage rows that did not end `collected`. */
  readonly rows: readonly CoverageRow[];
  /** Objects and log lines read, per artifact id. */
  readonly counts: readonly { readonly artifact: string; readonly items: number; readonly bytes: number }[];
  readonly logLines: number;
  /** Secrets removed by the writer, per rule. */
  readonly redactions: Readonly<Record<string, number>>;
}

/** One most likely reason and everything it explains. */
export interface Cause {
  readonly findingId: string;
  readonly analyzerId: string;
  readonly messageId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** The rendered text: only causes repeat it. */
  readonly message: string;
  /** Rendered steps; `command` is quoted for a POSIX shell, absent when a value breaks its naming rule. */
  readonly remedy: readonly { readonly text: string; readonly command?: string }[];
  readonly subject: Subject;
  /** Finding ids that are this one cause: equal fingerprint, or equal `groupBy`; the leading one first. */
  readonly members: readonly string[];
  /** Subjects of the members. */
  readonly subjects: readonly Subject[];
  readonly since?: string;
  readonly reach: { readonly findings: number; readonly objects: number; readonly namespaces: number };
  /** Finding ids, nearest first. */
  readonly symptoms: readonly string[];
  /** Analyzers that were `unknown` and could have explained this finding. */
  readonly unseenExplanations: readonly string[];
}

/** The rows of one checklist, bad and fine, for all subjects. */
export interface Checklist {
  readonly id: string;
  readonly title: string;
  /** One table per subject. */
  readonly tables: readonly { readonly subject: Subject; readonly rows: readonly CheckRow[] }[];
  /** Subjects in all, when more than the tables kept. */
  readonly total: number;
}

/** Texts and pages, once each, for analyzers with findings, checks or unknown results. */
export interface CatalogAnalyzer {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Message>>;
  readonly checks: Readonly<Record<string, Check>>;
  readonly references: readonly string[];
  /** The page in Markdown. */
  readonly page: string;
}

/** The result of `analyze`. Every format is a rendering of it; the same bundle gives the same bytes. */
export interface Report {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly tool: { readonly name: string; readonly version: string };
  readonly cluster: ReportCluster;
  readonly bundles: readonly ReportBundle[];
  readonly collection: ReportCollection;
  readonly results: readonly AnalyzerResult[];
  readonly findings: readonly Finding[];
  readonly diagnosis: { readonly causes: readonly Cause[] };
  readonly checklists: readonly Checklist[];
  readonly facts: readonly FactTable[];
  readonly unseen: readonly (Gap & { readonly analyzers: readonly string[] })[];
  readonly catalog: {
    readonly analyzers: readonly CatalogAnalyzer[];
    /** Titles of the documents and logs named in gaps, rows and counts, by artifact id. */
    readonly artifacts: Readonly<Record<string, string>>;
  };
}
