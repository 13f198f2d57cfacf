import { z } from 'zod';

/** Field types that settings of a job share. */

const wholeRule = 'must be a whole number';

export const whole = () =>
  z.number({ error: ({ code }) => (code === 'invalid_type' ? wholeRule : undefined) }).int(wholeRule);

export const tableName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be a name of letters, digits and _');
