import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import type { Report } from '../../src/model/report.ts';
import { TAR_END, tarEntry } from '../src/bundle/tar-bytes.ts';
import { troubledCluster } from './shop-cluster.ts';
import { troubleshootFiles } from './troubleshoot-bundle.ts';

const RUN = 'globalThis.owned=1';

/** Texts that run, load, break out or hide where a report is not careful. */
export const PAYLOADS: Readonly<Record<string, string>> = {
  script: `<script>${RUN}</script>`,
  'end of a script': `</script><script>${RUN}</script>`,
  'image with a handler': `"><img src=x onerror=${RUN}>`,
  'handler in single quotes': `' autofocus onfocus='${RUN}' x='`,
  svg: `<svg onload=${RUN}>`,
  'frame with a document': `<iframe srcdoc="<script>parent.owned=1</script>"></iframe>`,
  'frame of another host': '<iframe src="https://evil.example/x"></iframe>',
  'address of a script': `javascript:${RUN}`,
  'link in Markdown': `[click](javascript:${RUN})`,
  'image in Markdown': '![x](https://evil.example/x.png)',
  'base address': '<base href="https://evil.example/">',
  'refresh to another host': '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  'style that loads': '</style><style>@import url(https://evil.example/x.css)</style>',
  'end of a comment': `--><script>${RUN}</script><!--`,
  'end of a JSON block': `]}</script><script>${RUN}</script>{"a":["`,
  'template of Handlebars': '{{#with "s" as |x|}}{{lookup x "constructor"}}{{/with}}',
  'template of JavaScript': `\${${RUN}}`,
  'end of a text area': `</textarea></template></details><script>${RUN}</script>`,
  entities: `&lt;script&gt;${RUN}&lt;/script&gt;&#x3c;script&#x3e;`,
  'terminal that is cleared': '\u001b[2J\u001b[H\u001b]0;owned\u0007',
  'terminal link and clipboard': '\u001b]8;;https://evil.example\u0007x\u001b]52;c;cm0=\u0007',
  'C1 control characters': '\u009b2J\u0085\u0090',
  'reversed order': '\u202egnp.exe\u2066\u2069',
  'nothing to see': '\u200b\u2060\ufeff\u00ad',
  'line separators': 'a\u2028b\u2029c\r\nd\u000be',
  'NUL and bell': 'a\u0000b\u0007c',
  'unpaired surrogate': 'a\ud800b',
  'shell substitution': '$(touch /tmp/owned)`touch /tmp/owned`',
  'shell separators': "x'; touch /tmp/owned; #",
  'shell option': '--kubeconfig=/tmp/owned',
  'shell line end': 'x\ntouch /tmp/owned\n',
  formula: '=HYPERLINK("https://evil.example","x")',
  prototype: '__proto__',
};

/** Names of the troubled cluster that a payload takes the place of. */
const PLACES = /crash-1|shop|node-1|web-1|registry\.example|panic: runtime error/g;

/** A report of a foreign bundle in which a payload stands for names, images, messages and log lines. */
export async function payloadReport(payload: string, folder: string): Promise<Report> {
  const inJson = JSON.stringify(payload).slice(1, -1);
  const inPath = payload.replaceAll('/', '').replaceAll('\0', '');
  const entries = troubleshootFiles(await troubledCluster(['shop'])).map(([path, content]) =>
    tarEntry(
      `bundle/${path}`.length > 90 || Buffer.byteLength(inPath) > 40
        ? `bundle/${path}`
        : `bundle/${path.replaceAll('crash-1', inPath)}`,
      path.endsWith('.json') ? content.replace(PLACES, () => inJson) : content.replace(PLACES, () => payload),
    ),
  );
  const file = join(folder, 'payload.tar.gz');
  writeFileSync(file, gzipSync(Buffer.concat([...entries, TAR_END])));
  return analyzeInputs([file], { analyzers, collectors });
}
