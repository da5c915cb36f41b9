import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInRedaction } from '../bundle/built-in-redaction.ts';
import { convertBundles } from '../bundle/convert.ts';
import { createLeakScanner } from '../bundle/leak-scan.ts';
import { visibleText } from '../report/visible-text.ts';
import { type ConvertedCache, cacheFolder, cacheKey, openCache } from '../serve/converted-cache.ts';
import { TOOL } from '../version.ts';
import { contentTypes } from './content-types.ts';

/** What is to be served, as a bundle of ours. */
export interface ServableBundle {
  readonly file: string;
  /** Removes what nobody needs once the serving is over. */
  dispose(): void;
}

/** Makes a bundle of ours of any other, or takes the one made the last time; says which on standard error. */
export async function convertForServe(
  name: string,
  input: string,
  options: { readonly cache: boolean },
): Promise<ServableBundle> {
  const cache = options.cache ? await openCacheOrTell() : undefined;
  if (cache === undefined) return convertToTemporary(name, input);
  const key = await cacheKey(input, TOOL.version);
  const known = await cache.find(key);
  if (known !== undefined) {
    tell(`${name} is not a whole kubecase bundle; serving what it was converted to before, ${known}`);
    return { file: known, dispose: () => {} };
  }
  tell(`${name} is not a whole kubecase bundle; converting it, once …`);
  const file = await cache.keep(key, (outputFile) => convert(input, outputFile));
  tell(`converted, and kept for the next time in ${file}`);
  return { file, dispose: () => {} };
}

async function openCacheOrTell(): Promise<ConvertedCache | undefined> {
  try {
    return await openCache(cacheFolder());
  } catch (error) {
    tell(`nothing is kept for the next time: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function convertToTemporary(name: string, input: string): Promise<ServableBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  tell(`${name} is not a whole kubecase bundle; converting it for this time only …`);
  const dispose = () => {
    process.off('exit', remove);
    remove();
  };
  try {
    const file = join(folder, 'bundle.tar.gz');
    await convert(input, file);
    return { file, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function convert(input: string, outputFile: string): Promise<void> {
  const { complete, incompleteReason = '' } = await convertBundles({
    inputs: [input],
    outputFile,
    redaction: builtInRedaction(),
    scanner: createLeakScanner(),
    tool: TOOL,
    contentTypes: contentTypes(),
    now: () => new Date(),
  });
  if (!complete) tell(`the bundle is incomplete: ${visibleText(incompleteReason)}`);
}

function tell(line: string): void {
  process.stderr.write(`kubecase: ${line}\n`);
}
