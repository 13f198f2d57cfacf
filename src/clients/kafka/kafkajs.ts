import kafkajs from 'kafkajs';

/** kafkajs is CommonJS, and Node finds only some of its exports by name. */
export const {
  Kafka,
  CompressionCodecs,
  CompressionTypes,
  PartitionAssigners,
  Partitioners,
  ConfigResourceTypes,
  logLevel,
  KafkaJSNonRetriableError,
} = kafkajs;
