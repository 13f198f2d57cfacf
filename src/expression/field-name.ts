import { SpecError } from '../errors.ts';

/** The one name that no field of a result can have: to write it would change what the object is. */
export function isFieldName(name: string): boolean {
  return name !== '__proto__';
}

/** The mistake of giving a field such a name. */
export function fieldNameProblem(name: string, where: { place?: string; excerpt?: string }): SpecError {
  return new SpecError(`a field can't be called "${name}"`, { ...where, hint: 'give it another name' });
}
