import { Flags, type Interfaces } from '@oclif/core';

const statuses = ['waiting', 'quarantined', 'replayed'] as const;

/** Which dead letters a command means. */
export const letterFlags: Interfaces.FlagInput = {
  reason: Flags.string({ summary: 'only letters with this reason, such as decode', helpValue: 'CODE' }),
  node: Flags.string({ summary: 'only letters that this node refused', helpValue: 'NAME' }),
  since: Flags.string({
    summary: 'only letters that failed since then: 2h ago, or a time',
    helpValue: 'TIME',
  }),
  until: Flags.string({ summary: 'only letters that failed before then', helpValue: 'TIME' }),
  where: Flags.string({ summary: 'only letters for whose event this holds', helpValue: 'EXPR' }),
  limit: Flags.string({ summary: 'at most this many, the oldest first', helpValue: 'N' }),
};

export const statusFlag: Interfaces.FlagInput = {
  status: Flags.string({
    summary: 'only letters that are waiting, quarantined or replayed',
    options: [...statuses],
    multiple: true,
    multipleNonGreedy: true,
  }),
};
