import { UserError } from '../model/errors.ts';

/** What one flag needs to have an effect, or what it contradicts. */
interface FlagRule {
  /** Whether the flag was given in vain. */
  readonly isIdle: boolean;
  readonly message: string;
  readonly hint: string;
}

/** Refuses the first flag that was given in vain: whoever typed it expects something that does not happen. */
export function refuseIdle(rules: readonly FlagRule[]): void {
  const idle = rules.find(({ isIdle }) => isIdle);
  if (idle) throw new UserError('unused-flag', idle.message, { hint: idle.hint });
}

/** The rule of a flag that says more about another one, which was not given. */
export function needs(flag: string, other: string, isIdle: boolean): FlagRule {
  return {
    isIdle,
    message: `${flag} has no effect without ${other}`,
    hint: `Leave it out, or add ${other}.`,
  };
}

/** The rule of two flags that cannot both hold. */
export function excludes(flag: string, other: string, isIdle: boolean): FlagRule {
  return { isIdle, message: `${flag} and ${other} contradict each other`, hint: 'Leave one of them out.' };
}
