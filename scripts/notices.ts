/** What of a lockfile's packages is read here (lockfileVersion 3). */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

const HEAD = `# Third-party notices

kubecase is published with parts of the packages below built in: those its production dependencies need, by
\`package-lock.json\`. The licence texts of what a build really holds are in \`dist/THIRD-PARTY-LICENSES.txt\`.
This page is made by \`npm run gen\`.

| Package | Version | Licence |
|---|---|---|
`;

/** THIRD-PARTY-NOTICES.md from the text of package-lock.json: every package that is no development dependency. */
export function notices(lockfile: string): string {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, LockedPackage> };
  const rows = new Set<string>();
  for (const [path, { version = '', license = 'not stated', dev, devOptional }] of Object.entries(packages)) {
    if (path === '' || dev || devOptional) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    rows.add(`| [${name}](https://www.npmjs.com/package/${name}/v/${version}) | ${version} | ${license} |`);
  }
  return `${HEAD}${[...rows].sort().join('\n')}\n`;
}
