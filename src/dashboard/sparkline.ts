const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * The newest `width` values as bars `height` lines high, the newest at the right; `ceiling` is a full bar. A null is
 * a gap; what is above zero is never invisible.
 */
export function sparkline(
  values: readonly (number | null)[],
  size: { width: number; height: number; ceiling: number },
): string[] {
  const { width, height, ceiling } = size;
  const shown = values.slice(-width);
  const levels = shown.map((value) => levelOf(value, ceiling, height * 8));
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * 8;
    const bars = levels.map((level) => eighths[Math.max(0, Math.min(8, level - below))]);
    return bars.join('').padStart(width);
  });
}

function levelOf(value: number | null, ceiling: number, steps: number): number {
  if (value === null) return 0;
  if (value <= 0 || ceiling <= 0) return 1;
  return Math.max(1, Math.min(steps, Math.round((value / ceiling) * steps)));
}
