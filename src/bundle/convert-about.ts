import { UserError } from '../model/errors.ts';
import { learnFromEndpoint } from '../redact/learned-names.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import type { Conversion } from './convert.ts';
import type { Survey } from './convert-survey.ts';
import { type BundleMetadata, FORMAT_NAME, FORMAT_VERSION } from './manifest.ts';
import type { Redaction } from './redaction.ts';

/** An input and what is known of it before it is converted. */
export interface SurveyedInput {
  readonly input: string;
  readonly survey: Survey;
}

/** Names that stand for others already are kept, and said to be. */
export function redactionOf(
  { redaction, obfuscation }: Conversion,
  surveys: readonly SurveyedInput[],
): Redaction {
  const before = surveys.find(({ survey }) => survey.reading.manifest?.obfuscation !== undefined);
  if (before === undefined) return redaction;
  if (obfuscation === undefined)
    return { ...redaction, obfuscation: before.survey.reading.manifest?.obfuscation };
  throw new UserError('obfuscated-already', `${before.input}: its names are replaced already`, {
    hint: 'Convert it without --obfuscate, or the bundle it was made from.',
  });
}

/** Learns the names of a cluster as the metadata of its bundle tells them. */
export function learnFromCluster({ cluster }: BundleMetadata, obfuscation: Obfuscation): void {
  if (cluster?.server !== undefined) learnFromEndpoint(cluster.server, obfuscation);
  if (cluster?.context !== undefined) obfuscation.learnHost(cluster.context);
}

/** Throws UserError for inputs that are not of one cluster. */
export function refuseDifferentClusters(surveys: readonly SurveyedInput[]): void {
  const known = surveys.filter(({ survey }) => survey.clusterId !== undefined);
  const other = known.find(({ survey }) => survey.clusterId !== known[0]?.survey.clusterId);
  if (known[0] === undefined || other === undefined) return;
  throw new UserError(
    'different-clusters',
    `${known[0].input} and ${other.input} are of different clusters`,
    {
      hint: 'Convert them one by one.',
    },
  );
}

/** What the first bundle of ours says of itself; of others, what can be told from what is in them. */
export function metadataOf(surveys: readonly Survey[], { tool, now }: Conversion): BundleMetadata {
  const own = surveys.map(({ reading }) => reading.metadata).find((one) => one !== undefined);
  // Converted twice it is still from where it came first.
  const convertedFrom = surveys.flatMap(
    ({ layout, reading }) => (reading.metadata?.options.convertedFrom as string[] | undefined) ?? layout.id,
  );
  if (own !== undefined) return { ...own, options: { ...own.options, convertedFrom } };
  const time = surveys.map(({ observedAt }) => observedAt?.time).find((one) => one !== undefined);
  const id = surveys.map(({ clusterId }) => clusterId).find((one) => one !== undefined);
  return {
    format: FORMAT_NAME,
    formatVersion: FORMAT_VERSION,
    tool,
    createdAt: time ?? now().toISOString(),
    ...(id === undefined ? {} : { cluster: { id } }),
    options: { convertedFrom },
  };
}
