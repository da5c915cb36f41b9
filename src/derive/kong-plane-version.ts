import { parseImage } from './image-reference.ts';

/** A version of Kong by the parts its planes compare. */
export interface KongVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Highest major version taken for one: tags such as `2024.1` are those of somebody's own images. */
const MAX_MAJOR = 9;

/** Reads `3.6.1`, `3.4.3.5-enterprise-edition`, `3.4-ubuntu`, `"3.9"`; undefined for anything else. */
export function kongVersion(text: string | undefined): KongVersion | undefined {
  const [, major, minor] = /^["']?v?(\d+)\.(\d+)(?!\d)/.exec(text ?? '') ?? [];
  if (text === undefined || major === undefined || Number(major) > MAX_MAJOR) return undefined;
  return { text, major: Number(major), minor: Number(minor) };
}

/** The version in the tag of an image of Kong itself; the tags of other images count something else. */
export function imageVersion(image: string | undefined): KongVersion | undefined {
  const { repository = '', tag } = parseImage(image ?? '') ?? {};
  return /(?:^|\/)kong(?:-gateway|-ee)?$/.test(repository) ? kongVersion(tag) : undefined;
}

/** What a control plane does with a data plane of another version. */
export type VersionVerdict = 'same' | 'older data plane' | 'newer data plane' | 'other major version';

/**
 * Kong's own rule (kong/clustering/compat/init.lua, check_kong_version_compatibility): the major versions are
 * the same, and the minor version of the data plane is no higher. The last two are refused.
 */
export function versionVerdict(controlPlane: KongVersion, dataPlane: KongVersion): VersionVerdict {
  if (controlPlane.major !== dataPlane.major) return 'other major version';
  if (controlPlane.minor < dataPlane.minor) return 'newer data plane';
  return controlPlane.minor === dataPlane.minor ? 'same' : 'older data plane';
}

/** Whether a control plane turns the data plane away. */
export function isRefused(verdict: VersionVerdict): boolean {
  return verdict === 'newer data plane' || verdict === 'other major version';
}
