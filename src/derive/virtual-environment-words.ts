/** Why findings about rules of an operator of KtEnv are certain. */
export const BY_RULES = {
  level: 'certain',
  reason: "the operator's own rules were applied to the objects seen",
} as const;

/** Of the messages that something was changed a moment ago and its rules do not follow yet. */
export const SETTLING = {
  severity: 'info',
  confidence: { level: 'certain', reason: 'the times of the objects say so' },
  remedy: [{ text: 'Collect again after a minute; the proxies take some seconds more.' }],
} as const;
