import type { Manifest } from './manifest.ts';

/** The manifest as JSON with one row per line: it can be searched by line and cut into members at line ends. */
export function manifestText(manifest: Manifest): string {
  const fields = Object.entries(manifest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${fieldText(value)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

function fieldText(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  if (value.length === 0) return '[]';
  return `[\n${value.map((row) => JSON.stringify(row)).join(',\n')}\n]`;
}
