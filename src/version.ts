import manifest from '../package.json' with { type: 'json' };

/** Name and version of this tool, from package.json. */
export const TOOL = { name: manifest.name, version: manifest.version } as const;
