/** The terminals' face and colours: dark in both themes, since what they print was coloured for that. Contrast on the background ≥ 4.5. */
import type { ITheme } from "@xterm/xterm"

export const TERMINAL_FONT = '"JetBrains Mono Variable"'

export const TERMINAL_THEME: ITheme = {
  background: "#0d141b",
  foreground: "#dbe4ec",
  cursor: "#6fbbe8",
  cursorAccent: "#0d141b",
  selectionBackground: "#2c4d66",
  black: "#5f6f7e",
  red: "#f08a80",
  green: "#74cfa0",
  yellow: "#e5bd68",
  blue: "#78b8ea",
  magenta: "#cfa0e8",
  cyan: "#68cdd2",
  white: "#dbe4ec",
  brightBlack: "#8797a5",
  brightRed: "#ffa49b",
  brightGreen: "#93e3b8",
  brightYellow: "#f3d38b",
  brightBlue: "#9dcef5",
  brightMagenta: "#dfbcf2",
  brightCyan: "#8fe2e6",
  brightWhite: "#ffffff",
}
