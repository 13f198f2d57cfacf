import { z } from 'zod';
import { SpecError } from '../../errors.ts';
import { parseTarget } from './paths.ts';

/** A field's name as an option; it stays the text that it was. */
export function targetOption() {
  return checked((text) => void parseTarget(text));
}

/** A list of texts, or one text for a list of one. Each is checked by `check`, which throws SpecError. */
export function listOption(check: (text: string) => void) {
  const expected = 'must be a list of names';
  return z
    .union([z.string(expected).transform((text) => [text]), z.array(z.string(expected), expected)], expected)
    .pipe(z.array(checked(check)).min(1, expected));
}

function checked(check: (text: string) => void) {
  return z.string('must be text').superRefine((text, context) => {
    try {
      check(text);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      const hint = error.hint === undefined ? '' : `; ${error.hint}`;
      context.addIssue({ code: 'custom', message: error.message + hint, params: { problem: error } });
    }
  });
}
