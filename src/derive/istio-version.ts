import { parseImage } from './image-reference.ts';

/** A version of Istio: `1.20.3`, from the tag of an image or from its own words. */
export interface IstioVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Reads `1.20.3`, `1.9.5-distroless`, `v1.27`, `1.18.2-asm.1`; undefined for hashes, `latest` and other numbers. */
export function istioVersion(text: string | undefined): IstioVersion | undefined {
  const [, version, major, minor] = /^v?((\d)\.(\d{1,2})(?!\d)(?:\.\d+)?)/.exec(text ?? '') ?? [];
  if (version === undefined) return undefined;
  return { text: version, major: Number(major), minor: Number(minor) };
}

/** The version in the tag of an image. */
export function istioImageVersion(image: string | undefined): IstioVersion | undefined {
  return istioVersion(parseImage(image ?? '')?.tag);
}

/** Whether a version is at least another one. */
export function isIstioAtLeast(version: IstioVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** How many minor versions the first is ahead of the second; negative: behind. Istio has had one major version. */
export function istioMinorsAhead(a: IstioVersion, b: IstioVersion): number {
  return (a.major - b.major) * 1000 + (a.minor - b.minor);
}
