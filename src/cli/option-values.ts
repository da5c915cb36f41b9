import { InvalidArgumentError } from 'commander';

/** Names separated by commas, added to those of earlier uses of the flag. */
export function splitList(value: string, previous: unknown): string[] {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Names are missing.');
  return [...((previous as string[] | undefined) ?? []), ...parts];
}

const DURATION_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds of a duration such as 1h30m. */
export function parseDuration(value: string): number {
  const parts = [...value.matchAll(/(\d+)([smhd])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== value) {
    throw new InvalidArgumentError('Not a duration: use e.g. 90s, 45m, 6h, 2d.');
  }
  return parts.reduce(
    (sum, part) => sum + Number(part[1]) * (DURATION_SECONDS[part[2] as string] as number),
    0,
  );
}

/** A whole number. */
export function parseCount(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('Not a whole number.');
  return Number(value);
}

/** A TCP port; 0 lets the system choose. */
export function parsePort(value: string): number {
  const port = parseCount(value);
  if (port > 65_535) throw new InvalidArgumentError('Not a port: the highest is 65535.');
  return port;
}

const SIZE_BYTES: Readonly<Record<string, number>> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Bytes of a size such as 10Mi. */
export function parseSize(value: string): number {
  const match = /^(\d{1,9})(Ki|Mi|Gi|)$/.exec(value);
  if (!match) throw new InvalidArgumentError('Not a size: use e.g. 512Ki, 10Mi, 1Gi.');
  return Number(match[1]) * (SIZE_BYTES[match[2] as string] as number);
}
