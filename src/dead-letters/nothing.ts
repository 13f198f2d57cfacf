import type { EndpointUri } from '../component/uri.ts';
import { SpecError } from '../errors.ts';

export function nothingAt({ text }: EndpointUri): SpecError {
  return new SpecError('there are no dead letters', {
    place: text,
    hint: "give a job's name, or where its checkpoints or its --dlq are",
  });
}
