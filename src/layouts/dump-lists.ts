import { CLUSTER_SCOPE } from '../model/scope.ts';
import { createLogMarkers } from './container-log-parts.ts';
import type { Divider, PartWriter } from './layout.ts';

const OPEN_BRACE = 0x7b;

/**
 * Divides what `kubectl cluster-info dump` prints without a folder: one list after another, JSON or YAML, then
 * the logs. A list begins at a brace or a `---` or `apiVersion:` at the start of a line; whose it is, its items say.
 */
export function dumpDivider(): Divider {
  const markers = createLogMarkers();
  let format: 'json' | 'yaml' | undefined;
  let isOpen = false;

  function begin(as: 'json' | 'yaml', out: PartWriter): void {
    format = as;
    isOpen = true;
    const scope = CLUSTER_SCOPE;
    out.open({ kind: 'resources', format: as, scope, whole: true, scopeByItems: true, sample: 0 });
  }

  function list(bytes: Buffer, continued: boolean, out: PartWriter): void {
    if (!continued && bytes[0] === OPEN_BRACE) begin('json', out);
    else if (!continued && format !== 'json') {
      const text = bytes.toString('latin1', 0, 12);
      if (text.startsWith('---')) isOpen = false;
      else if (text.startsWith('apiVersion:')) begin('yaml', out);
    }
    if (isOpen) out.write(bytes);
  }

  return {
    line(bytes, continued, out) {
      if (markers.take(bytes, continued, out)) isOpen = false;
      else list(bytes, continued, out);
    },
    end(complete, out) {
      markers.end(out);
      out.close(complete);
    },
  };
}
