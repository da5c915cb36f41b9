/** Random whole numbers below a limit, the same ones for the same seed. */
export type Random = (below: number) => number;

/** Numbers of a xorshift32 (Marsaglia 2003). */
export function randomOf(seed: number): Random {
  let state = 0x2545f491 ^ (seed * 0x9e3779b1);
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 3) % below;
  };
}

const OTHER_VALUES: readonly (() => unknown)[] = [
  () => null,
  () => 7,
  () => -1e308,
  () => '',
  () => 'some text',
  () => true,
  () => [],
  () => [null],
  () => ['a'],
  () => [[{}]],
  () => ({}),
  () => ({ name: { a: [] } }),
];

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Takes one field of an object away, or gives it a value of another type; anywhere in it, lists included. */
export function damageObject(object: Record<string, unknown>, random: Random): void {
  const places = [...placesIn(object)];
  const { holder, key } = places[random(places.length)] as Place;
  if (random(2) === 0) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return;
  }
  holder[key] = OTHER_VALUES[random(OTHER_VALUES.length)]?.();
}

function* placesIn(value: unknown): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    yield { holder, key };
    yield* placesIn(holder[key]);
  }
}
