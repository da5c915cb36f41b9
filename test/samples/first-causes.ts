import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A finding by the analyzer and the message that made it. */
export type Told = `${string}/${string}#${string}`;

/** What the report of a sample names first. */
export interface FirstCause {
  readonly sample: string;
  readonly cause: Told;
  /** The object the fault lies in: `Kind/namespace/name`, the namespace empty where there is none. */
  readonly subject: string;
  /** Critical and warning findings that stand below it, at least. */
  readonly symptoms: readonly Told[];
  /** Further causes that are true, and named behind it. */
  readonly others?: readonly Told[];
}

/** The rows of all areas: every file of first-causes/ exports `firstCauses`. */
export async function firstCauses(): Promise<readonly FirstCause[]> {
  const areas = readdirSync(join(import.meta.dirname, 'first-causes')).sort();
  const loaded = areas.map(async (file) => {
    const area: { firstCauses: readonly FirstCause[] } = await import(
      new URL(`./first-causes/${file}`, import.meta.url).href
    );
    return area.firstCauses;
  });
  return (await Promise.all(loaded)).flat();
}
