import { hashesOf } from './hash.ts';

/** Bits that choose a register. */
const PRECISION = 12;
const REGISTERS = 1 << PRECISION;
/** Bits that are left of a register's own hash for its rank. */
const RANK_BITS = 32;

/** The standard error of an estimate, relative to it. */
export const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** So many registers are kept one by one, before all of them are. */
const SPARSE_UP_TO = 256;

/** Register → rank where few are set, else all ranks; the same estimate comes of both. Plain data. */
export type Registers = Map<number, number> | Uint8Array;

/**
 * Counts different values without keeping them: P. Flajolet and others, "HyperLogLog: the analysis of a near-optimal
 * cardinality estimation algorithm", 2007.
 */
export function noRegisters(): Registers {
  return new Map();
}

export function copyOfRegisters(registers: Registers): Registers {
  return registers instanceof Map ? new Map(registers) : registers.slice();
}

/** Gives the registers to go on with. */
export function addToRegisters(registers: Registers, text: string): Registers {
  const [place, bits] = hashesOf(text);
  return raise(registers, place >>> (32 - PRECISION), Math.clz32(bits) + 1);
}

/** Gives the registers to go on with; `from` stays as it is. */
export function mergeRegisters(into: Registers, from: Registers): Registers {
  let merged = into;
  if (from instanceof Map) {
    for (const [register, rank] of from) merged = raise(merged, register, rank);
  } else {
    for (let register = 0; register < REGISTERS; register++) {
      if (from[register]! > 0) merged = raise(merged, register, from[register]!);
    }
  }
  return merged;
}

/**
 * The estimate, rounded: O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6,
 * which needs no tables for small and large counts.
 */
export function estimateOf(registers: Registers): number {
  const counts = new Array<number>(RANK_BITS + 2).fill(0);
  for (const rank of registers.values()) counts[rank]!++;
  if (registers instanceof Map) counts[0] = REGISTERS - registers.size;
  let harmonic = REGISTERS * tau(1 - counts[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank--) harmonic = 0.5 * (harmonic + counts[rank]!);
  harmonic += REGISTERS * sigma(counts[0]! / REGISTERS);
  return Math.round(REGISTERS ** 2 / (2 * Math.LN2 * harmonic));
}

function raise(registers: Registers, register: number, rank: number): Registers {
  if (!(registers instanceof Map)) {
    if (registers[register]! < rank) registers[register] = rank;
    return registers;
  }
  if ((registers.get(register) ?? 0) < rank) registers.set(register, rank);
  return registers.size > SPARSE_UP_TO ? dense(registers) : registers;
}

function dense(registers: Map<number, number>): Uint8Array {
  const all = new Uint8Array(REGISTERS);
  for (const [register, rank] of registers) all[register] = rank;
  return all;
}

/** x + Σ x^(2^k)·2^(k−1) */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let weight = 1;
  let sum = x;
  for (let before = -1; sum !== before; weight *= 2) {
    before = sum;
    power *= power;
    sum += power * weight;
  }
  return sum;
}

/** (1 − x − Σ (1 − x^(2^−k))²·2^−k) / 3 */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let weight = 1;
  let sum = 1 - x;
  for (let before = -1; sum !== before; ) {
    before = sum;
    root = Math.sqrt(root);
    weight /= 2;
    sum -= (1 - root) ** 2 * weight;
  }
  return sum / 3;
}
