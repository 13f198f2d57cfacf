/** bare-consume BROKER TOPIC: kafkajs `eachBatch` and `JSON.parse`, from the start to the end offsets. */
import { Kafka, logLevel } from 'kafkajs';

const [broker = '', topic = ''] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });

const admin = kafka.admin();
await admin.connect();
const open = new Map(
  (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
);
await admin.disconnect();

const consumer = kafka.consumer({
  groupId: `bare-consume-${process.pid}-${Date.now()}`,
  maxBytesPerPartition: 4 * 1024 * 1024,
  maxBytes: 16 * 1024 * 1024,
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });

let sum = 0;
await new Promise<void>((finished) => {
  void consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) sum += JSON.parse(message.value!.toString()).value;
      if (Number(batch.lastOffset()) + 1 >= (open.get(batch.partition) ?? 0)) open.delete(batch.partition);
      if (open.size === 0) finished();
    },
  });
});
await consumer.disconnect();
console.log(sum);
