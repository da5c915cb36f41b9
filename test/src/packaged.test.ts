import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { packaged } from '../../src/packaged.ts';

const ROOT = new URL('../../', import.meta.url);
let folder: string | undefined;

afterEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
});

/** An installed package: package.json, and everything else in dist/, code in a chunk of its own. */
async function install(): Promise<{ readonly html: (report: object) => string }> {
  folder = mkdtempSync(join(tmpdir(), 'kubecase-installed-'));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  cpSync(new URL('report-templates', ROOT), join(folder, 'dist/report-templates'), { recursive: true });
  const outfile = join(folder, 'dist/chunks/html.js');
  await build({
    absWorkingDir: new URL('.', ROOT).pathname,
    entryPoints: ['src/report/formats/html.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  return import(pathToFileURL(outfile).href);
}

describe('packaged', () => {
  it('reads a file that ships with the package, from a checkout', () => {
    expect(packaged('report-templates/segments.hbs')).toContain('{{#each this}}');
  });

  it('says which file is missing', () => {
    expect(() => packaged('report-templates/absent.hbs')).toThrow(
      'the installation is incomplete: report-templates/absent.hbs is missing',
    );
  });

  it('finds the templates from inside an installed dist/', async () => {
    const { html } = await install();
    const { report } = await import('../support/report-builder.ts');

    expect(html(report())).toContain('<h1>prod-eu</h1>');
  });
});
