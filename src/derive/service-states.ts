import type { NodeService } from '../artifacts/node-services.ts';
import type { DocumentItem } from '../model/artifact.ts';
import type { SeenMachine } from './machines.ts';

/** A unit of a machine with the place it was read at. */
export interface PlacedService {
  readonly service: NodeService;
  readonly document: DocumentItem<readonly NodeService[]>;
  /** JSON Pointer into the document. */
  readonly pointer: string;
}

/** The units of a machine that exist there, over all files of it; a name given twice counts once. */
export function servicesOf({ documents }: SeenMachine<readonly NodeService[]>): PlacedService[] {
  const placed = new Map<string, PlacedService>();
  for (const document of documents) {
    for (const [index, service] of document.value.entries()) {
      if ((service.load ?? 'loaded') !== 'loaded' || placed.has(service.unit)) continue;
      placed.set(service.unit, { service, document, pointer: `/${index}` });
    }
  }
  return [...placed.values()];
}

/** The state of a unit in systemd's words: `failed (exit-code, status 1)`. */
export function stateText({ active, sub, result, exitStatus }: NodeService): string {
  const details = [
    sub,
    result === 'success' ? undefined : result,
    exitStatus ? `status ${exitStatus}` : undefined,
  ].filter((part) => part !== undefined && part !== active);
  return details.length > 0 ? `${active} (${details.join(', ')})` : active;
}
