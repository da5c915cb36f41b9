/** What is made, or the other value where making it throws: objects of a hostile bundle have any shape. */
export function safely<T>(make: () => T, otherwise: T): T {
  try {
    return make();
  } catch {
    return otherwise;
  }
}
