import { LAYERS } from '../model/effect.ts';
import type { Finding } from '../model/finding.ts';
import { CONFIDENCE_LEVELS, SEVERITIES } from '../model/message.ts';

type Ranked = Pick<Finding, 'severity' | 'confidence' | 'analyzerId' | 'id'>;

/** Rank order: severity, confidence, reach (negative: the first reaches further), layer, then id to be stable. */
export function compareFindings(a: Ranked, b: Ranked, reach = 0): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCE_LEVELS.indexOf(a.confidence.level) - CONFIDENCE_LEVELS.indexOf(b.confidence.level) ||
    reach ||
    layerOf(a.analyzerId) - layerOf(b.analyzerId) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Place of an analyzer's domain among the layers; unknown domains come last. */
function layerOf(analyzerId: string): number {
  const domain = analyzerId.slice(0, analyzerId.indexOf('/'));
  const index = (LAYERS as readonly string[]).indexOf(domain);
  return index < 0 ? LAYERS.length : index;
}
