// Preloaded (`node --import`): the clock of this process is off by KUBECASE_TEST_CLOCK_SECONDS.
const shift = Number(process.env.KUBECASE_TEST_CLOCK_SECONDS) * 1000;
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length === 0 ? [Real.now() + shift] : given));
  }

  static now() {
    return Real.now() + shift;
  }
};
