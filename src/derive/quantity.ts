/** Suffixes of Kubernetes quantities (apimachinery pkg/api/resource). */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;
const BINARY_UNITS = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/** A quantity as a number of its base unit (cores, bytes, pieces); undefined when it is none. */
export function parseQuantity(text: string | undefined): number | undefined {
  const match = QUANTITY.exec(text ?? '');
  if (!match) return undefined;
  const [, digits, suffix = '', exponent] = match;
  return Number(digits) * (exponent === undefined ? (SUFFIXES[suffix] as number) : 10 ** Number(exponent));
}

/** A number as the quantity people would write for this resource: `1500m` cores, `1.5Gi`, `110`. */
export function quantityText(resource: string, amount: number): string {
  if (resource === 'cpu') return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
  if (!/memory|storage|hugepages/.test(resource)) return String(Math.round(amount * 1000) / 1000);
  const unit = BINARY_UNITS.find((one) => Math.abs(amount) >= (SUFFIXES[one] as number));
  if (!unit) return String(Math.round(amount));
  return `${Math.round((amount / (SUFFIXES[unit] as number)) * 10) / 10}${unit}`;
}
