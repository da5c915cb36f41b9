import { parseImage } from './image-reference.ts';

/** A container that runs a program of KtEnv. */
export interface EnvironmentProgram {
  readonly is: 'operator' | 'webhook';
  readonly container: string;
  readonly image: string;
}

/** A version of KtEnv: operator and webhook are released together. */
export interface ProgramVersion {
  /** `v0.6.0`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

/** Repositories of deploy/ktenv_operator.yaml and deploy/global/ktenv_webhook.yaml; mirrors keep the last part. */
const IMAGES = [
  [/(?:^|\/)virtual-env-operator$/, 'operator'],
  [/(?:^|\/)virtual-env-admission-webhook$/, 'webhook'],
] as const;
/** The operator's container as delivered, for images of another name. */
const OPERATOR_CONTAINER = 'virtual-env-operator';

/** The container among these that runs the operator or the webhook of KtEnv; undefined when none does. */
export function environmentProgram(
  containers: readonly Container[] | undefined,
): EnvironmentProgram | undefined {
  for (const { name, image = '' } of containers ?? []) {
    // A cheap look first: every container of the cluster is asked.
    const known = name === OPERATOR_CONTAINER || image.includes('virtual-env-');
    if (!known) continue;
    const { repository = '' } = parseImage(image) ?? {};
    const is = IMAGES.find(([pattern]) => pattern.test(repository))?.[1];
    if (is) return { is, container: name, image };
    if (name === OPERATOR_CONTAINER) return { is: 'operator', container: name, image };
  }
  return undefined;
}

/** The version in the tag of an image of KtEnv; undefined for `latest` and tags of one's own. */
export function programVersion(image: string): ProgramVersion | undefined {
  const [, text, major, minor, patch] = /:(v?(\d+)\.(\d+)\.(\d+))(?:[-@].*)?$/.exec(image) ?? [];
  if (text === undefined) return undefined;
  return { text, major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Whether a version is older than another, given as numbers. */
export function isBefore(
  version: ProgramVersion,
  [major, minor, patch]: readonly [number, number, number],
): boolean {
  if (version.major !== major) return version.major < major;
  return version.minor === minor ? version.patch < patch : version.minor < minor;
}
