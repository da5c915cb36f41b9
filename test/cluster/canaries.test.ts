import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchFor } from '../security/canary.ts';
import { LOOK_ALIKES } from '../security/look-alikes.ts';
import { smallDisk } from '../support/run-cli.ts';
import { type CanaryPlane, startCanaryPlane } from './canary-plane.ts';
import { START_MS } from './cluster.ts';
import type { CommandResult } from './control-plane.ts';
import { type FaultProxy, type Rule, startFaultProxy } from './fault-proxy.ts';
import { kubecase, type UnpackedBundle, unpack } from './kubecase.ts';

let planted: CanaryPlane;
const proxies: FaultProxy[] = [];

beforeAll(async () => {
  planted = await startCanaryPlane();
}, START_MS);

afterAll(async () => {
  for (const proxy of proxies) await proxy.close();
  await planted?.stop();
}, 30_000);

interface Run extends CommandResult {
  readonly file: string;
  /** Everything that was printed or left behind, by where it stood. */
  readonly texts: Map<string, string>;
}

/** Collects into a folder of its own, in which everything temporary would lie, too. */
async function collect(
  name: string,
  kubeconfig: string,
  options: { flags?: string[]; through?: readonly string[] } = {},
): Promise<Run> {
  const folder = join(planted.dir, name);
  await mkdir(folder);
  const file = join(folder, 'bundle.tar.gz');
  const args = ['collect', '--kubeconfig', kubeconfig, '--output-file', file, '--no-port-forward'];
  const run = await kubecase([...args, ...(options.flags ?? [])], folder, options.through);
  const texts = new Map([['printed', run.stdout + run.stderr]]);
  for (const path of await readdir(folder, { recursive: true })) {
    const bytes = await readFile(join(folder, path)).catch(() => Buffer.alloc(0));
    texts.set(`left ${path}`, bytes.toString('latin1'));
    if (bytes[0] === 0x1f) texts.set(`inside ${path}`, inflated(bytes).toString('latin1'));
  }
  return { ...run, file, texts };
}

/** What can be read of a file that may be cut anywhere. */
function inflated(bytes: Buffer): Buffer {
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

async function unpacked(run: Run, name: string): Promise<UnpackedBundle> {
  return unpack(run.file, join(planted.dir, `${name}-unpacked`));
}

async function addReports(run: Run, name: string): Promise<void> {
  for (const format of ['html', 'json', 'text']) {
    const output = join(planted.dir, `${name}.${format}`);
    const { stdout, stderr } = await kubecase(
      ['analyze', run.file, '-o', format, '--output-file', output],
      planted.dir,
    );
    run.texts.set(`report ${format}`, await readFile(output, 'utf8'));
    run.texts.set(`printed for ${format}`, stdout + stderr);
  }
}

function leaks(texts: ReadonlyMap<string, string>, alsoKnown = false): string[] {
  const canaries = [...planted.canaries, ...(alsoKnown ? planted.reappearing : [])];
  const search = searchFor([...canaries, { name: 'token of the caller', secret: planted.token }]);
  return [...texts].flatMap(([place, text]) => search(text).map((name) => `${place}: ${name}`));
}

async function behindFaults(name: string, rules: readonly Rule[]): Promise<string> {
  const ca = await readFile(join(planted.dir, 'ca.crt'), 'utf8');
  const proxy = await startFaultProxy({ server: planted.plane.server, ca, rules });
  proxies.push(proxy);
  return proxy.kubeconfig(join(planted.dir, `${name}.kubeconfig`), { token: planted.token });
}

describe('secrets planted through the API of a real server', () => {
  it('are at least 150, and the server took them all', async () => {
    expect(planted.refused).toEqual([]);
    expect(planted.canaries.length).toBeGreaterThanOrEqual(150);
    const { stdout } = await planted.plane.kubectl([
      ...['-n', 'shop', 'get', 'secrets,configmaps,pods,events,kongplugins', '-o', 'json'],
    ]);
    const { stdout: log } = await planted.plane.kubectl(['-n', 'shop', 'logs', 'canary-lines', '-c', 'app']);
    const found = new Set(searchFor(planted.canaries)(stdout + log));
    // Packed, or encoded twice or more: the search would not see them plainly there either.
    const unseen = planted.canaries.filter(
      ({ name }) => !found.has(name) && !/registry|Helm release/.test(name),
    );
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });

  it('are in no bundle, report or message, and look-alikes stay', async () => {
    const run = await collect('plain', planted.plane.kubeconfig, { flags: ['--progress', 'json'] });
    await addReports(run, 'plain');

    expect(run.code, run.stderr).toBe(0);
    expect(leaks(run.texts)).toEqual([]);
    const bundle = await unpacked(run, 'plain');
    const maps = JSON.stringify(await bundle.items('resources:core/ConfigMap'));
    expect(LOOK_ALIKES.filter((line) => !maps.includes(JSON.stringify(line).slice(1, -1)))).toEqual([]);
    expect(maps).toContain('canary-line-0');
    expect([...(await bundle.files()).keys()].join()).toContain('logs/shop/canary-lines');
    expect(await bundle.text('logs/shop/canary-lines/app.log')).toContain('an ordinary message');
  });

  it('are nowhere where nothing but their value tells, when that is known', async () => {
    const run = await collect('known', planted.plane.kubeconfig, { flags: ['--known-secrets'] });
    await addReports(run, 'known');

    expect(run.code, run.stderr).toBe(0);
    expect(leaks(run.texts, true)).toEqual([]);
    expect(run.texts.get('report json')).toContain('canary');
  });
});

describe('secrets in what fails', () => {
  it('are in nothing that is printed or left when almost everything is refused', async () => {
    const kubeconfig = await planted.plane.userKubeconfig({ name: 'nobody' });

    const run = await collect('refused', kubeconfig);

    expect(run.code).not.toBe(0);
    expect(leaks(run.texts, true)).toEqual([]);
  });

  it('are in nothing that is printed or left when the server answers with them', async () => {
    const body = planted.canaries.map(({ name, secret }) => `${name.length} password=${secret}`).join('\n');
    const rules = [{ path: /configmaps|\/apis\/apps|\/log\?/, status: 500, body }];
    const run = await collect('errors', await behindFaults('errors', rules));

    expect(run.code).toBe(3);
    expect(leaks(run.texts)).toEqual([]);
  });

  it('are in nothing that is printed or left when the time is over', async () => {
    const rules = [{ path: /\/log\?/, silent: true, after: 1 }];
    const kubeconfig = await behindFaults('late', rules);

    const run = await collect('late', kubeconfig, { flags: ['--timeout', '5s'] });

    expect(run.code).toBe(3);
    expect(leaks(run.texts)).toEqual([]);
    expect([...run.texts.keys()].join()).toContain('inside');
  });

  it('are in nothing that is printed or left when the disk is full', async () => {
    const run = await collect('full', planted.plane.kubeconfig, { through: smallDisk(20_000) });

    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/cannot be written/);
    expect(leaks(run.texts)).toEqual([]);
  });
});
