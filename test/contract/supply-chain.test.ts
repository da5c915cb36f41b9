import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notices } from '../../scripts/notices.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
}

const LOCK = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };
const PACKAGE = JSON.parse(read('package.json')) as { scripts: Record<string, string>; files: string[] };

function production(): [string, Locked][] {
  return Object.entries(LOCK.packages).filter(([path, one]) => path !== '' && !one.dev && !one.devOptional);
}

describe('the published package', () => {
  it('runs nothing when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];

    expect(Object.keys(PACKAGE.scripts).filter((name) => hooks.includes(name))).toEqual([]);
    expect(PACKAGE.files).toEqual(['dist']);
  });

  it('depends on nothing that does', () => {
    expect(production().filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });

  it('is built from packages that are pinned by their content', () => {
    const loose = Object.entries(LOCK.packages).filter(([path, { integrity }]) => path !== '' && !integrity);

    expect(loose).toEqual([]);
  });
});

describe('THIRD-PARTY-NOTICES.md', () => {
  it('is in step with the lockfile', () => {
    expect(read('THIRD-PARTY-NOTICES.md'), 'run `npm run gen`').toBe(notices(read('package-lock.json')));
  });

  it('names every production dependency with a licence that allows it, and no other package', () => {
    const page = notices(read('package-lock.json'));

    for (const [path, { license }] of production()) {
      expect(page).toContain(`[${path.slice(path.lastIndexOf('node_modules/') + 13)}]`);
      expect(license, path).toMatch(
        /^(MIT|ISC|Apache-2\.0|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|PSF-2\.0|Unlicense|Python-2\.0)$/,
      );
    }
    expect(page).not.toContain('[vitest]');
  });
});
