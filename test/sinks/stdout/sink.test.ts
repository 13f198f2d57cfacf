import { spawn } from 'node:child_process';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { codecs } from '../../../src/codecs/index.ts';
import { StdoutSink } from '../../../src/sinks/stdout/sink.ts';
import { eventsOf } from '../../contracts/events.ts';

const json = () => codecs.json.encoder({});

describe('standard output', () => {
  test('gets lines of JSON', async () => {
    const stream = new PassThrough();
    const sink = new StdoutSink(stream, json());
    await sink.open();
    expect(await sink.write(eventsOf([{ id: 1 }, { id: 2n ** 60n }]))).toEqual([]);
    stream.end();
    expect(await text(stream)).toBe('{"id":1}\n{"id":1152921504606846976}\n');
    expect(await sink.prepare()).toBeNull();
  });

  test('is written no faster than it is read', async () => {
    const held: (() => void)[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => void held.push(done) });
    const sink = new StdoutSink(stream, json());
    let isWritten = false;
    const write = sink.write(eventsOf([{ id: 1 }])).then(() => {
      isWritten = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isWritten).toBe(false);
    held[0]!();
    await write;
  });

  test('that is a terminal gets nothing that steers it', async () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true });
    const sink = new StdoutSink(stream, codecs.text.encoder({}));
    await sink.write(eventsOf([{ message: 'tab\tred \u001b[31m bell \u0007 C1 \u009b2J return \r' }]));
    stream.end();
    expect(await text(stream)).toBe('tab\tred \ufffd[31m bell \ufffd C1 \ufffd2J return \ufffd\n');
  });

  test('that is a pipe gets the bytes as they are', async () => {
    const stream = new PassThrough();
    const sink = new StdoutSink(stream, codecs.text.encoder({}));
    await sink.write(eventsOf([{ message: '\u001b[31m' }]));
    stream.end();
    expect(await text(stream)).toBe('\u001b[31m\n');
  });

  test('tells by index what it can not write', async () => {
    const sink = new StdoutSink(new PassThrough(), codecs.text.encoder({}));
    const rejections = await sink.write(eventsOf([{ message: 'a' }, { other: 1 }, { message: 'c' }]));
    expect(rejections.map(({ index, error }) => [index, error.code])).toEqual([[1, 'type']]);
  });

  test('whose reader has gone is closed', async () => {
    const reader = spawn('true');
    await new Promise((resolve) => reader.once('close', resolve));
    const sink = new StdoutSink(reader.stdin, json());
    await sink.open();
    await expect(sink.write(eventsOf([{ id: 1 }]))).rejects.toThrow(
      expect.objectContaining({ name: 'OutputClosed' }),
    );
  });
});
