const glyphs: Readonly<Record<string, readonly [string, string, string]>> = {
  '0': ['┏━┓', '┃ ┃', '┗━┛'],
  '1': ['╺┓ ', ' ┃ ', '╺┻╸'],
  '2': ['╺━┓', '┏━┛', '┗━╸'],
  '3': ['╺━┓', ' ━┫', '╺━┛'],
  '4': ['╻ ╻', '┗━┫', '  ╹'],
  '5': ['┏━╸', '┗━┓', '╺━┛'],
  '6': ['┏━╸', '┣━┓', '┗━┛'],
  '7': ['╺━┓', '  ┃', '  ╹'],
  '8': ['┏━┓', '┣━┫', '┗━┛'],
  '9': ['┏━┓', '┗━┫', '╺━┛'],
  '.': [' ', ' ', '•'],
  k: ['╻┏ ', '┣┻┓', '╹ ╹'],
  M: ['┏┳┓', '┃┃┃', '╹ ╹'],
  G: ['┏━╸', '┃╺┓', '┗━┛'],
  T: ['╺┳╸', ' ┃ ', ' ╹ '],
  P: ['┏━┓', '┣━┛', '╹  '],
  '–': ['   ', '╺━╸', '   '],
};

/** A figure three lines high, of the characters that `compact` and `latencyParts` give. */
export function largeDigits(figure: string): [string, string, string] {
  const lines: [string, string, string] = ['', '', ''];
  for (const character of figure) {
    const glyph = glyphs[character] ?? ['   ', '   ', '   '];
    for (const line of [0, 1, 2] as const) lines[line] += glyph[line];
  }
  return lines;
}
