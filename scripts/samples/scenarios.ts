import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';

/** Every sample by its name: that of its file in scenarios/, which exports one function of that name. */
export const SCENARIOS: ReadonlyMap<string, () => Promise<Scenario>> = new Map(
  readdirSync(join(import.meta.dirname, 'scenarios'))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort()
    .map((name) => [name, () => made(name)]),
);

async function made(name: string): Promise<Scenario> {
  const scenarios: Record<string, () => Promise<Scenario>> = await import(
    new URL(`./scenarios/${name}.ts`, import.meta.url).href
  );
  const scenario = scenarios[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  if (!scenario) throw new Error(`scenarios/${name}.ts has no export of its name`);
  return scenario();
}
