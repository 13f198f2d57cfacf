import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/real/**'],
          // Many start the real tool, on machines that are shared.
          testTimeout: 60_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          globalSetup: ['test/real/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Most of the time is spent in waiting for servers: two files at once, whatever the cores. No test stalls the
          // servers that all share.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          // kafkajs sets timers that are due already.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
    ],
  },
});
