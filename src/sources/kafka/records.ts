import type { KafkaMessage } from 'kafkajs';
import type { Millis } from '../../clock.ts';
import { decodeUtf8 } from '../../codecs/utf8.ts';
import type { Headers, PartitionId, Position, Records } from '../../event.ts';

/** A run of a fetched batch, which it shares: nothing is copied, and nothing is decoded before it is asked for. */
export class KafkaRecords implements Records {
  readonly partition: PartitionId;
  readonly length: number;
  readonly #messages: readonly KafkaMessage[];
  readonly #start: number;

  constructor(partition: PartitionId, messages: readonly KafkaMessage[], start: number, length: number) {
    this.partition = partition;
    this.length = length;
    this.#messages = messages;
    this.#start = start;
  }

  text(index: number): string | null {
    const value = this.#at(index).value;
    return value === null ? null : decodeUtf8(value);
  }

  bytes(index: number): Uint8Array | null {
    return this.#at(index).value;
  }

  size(index: number): number {
    return sizeOf(this.#at(index));
  }

  key(index: number): Uint8Array | null {
    return this.#at(index).key;
  }

  headers(index: number): Headers {
    return this.#at(index).headers ?? {};
  }

  timestamp(index: number): Millis | null {
    const timestamp = Number(this.#at(index).timestamp);
    return timestamp < 0 ? null : timestamp;
  }

  offset(index: number): Position {
    return Number(this.#at(index).offset);
  }

  next(index: number): Position {
    return this.offset(index) + 1;
  }

  #at(index: number): KafkaMessage {
    return this.#messages[this.#start + index]!;
  }
}

/** Key and value in bytes. */
export function sizeOf(message: KafkaMessage): number {
  return (message.value?.length ?? 0) + (message.key?.length ?? 0);
}
