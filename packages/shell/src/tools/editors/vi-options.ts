/** vi's options: which there are, what :set says of them, and what it sets (option.c). */
import { ExError } from "./vi-ex.ts"

/** Every option that can be set: its short name and its default, those of vim as it comes with defaults.vim. */
const TABLE = {
  autochdir: ["acd", false],
  autoindent: ["ai", false],
  autoread: ["ar", false],
  autowrite: ["aw", false],
  background: ["bg", "light"],
  backspace: ["bs", "indent,eol,start"],
  backup: ["bk", false],
  cindent: ["cin", false],
  clipboard: ["cb", "autoselect,exclude:cons\\|linux"],
  colorcolumn: ["cc", ""],
  compatible: ["cp", false],
  cursorcolumn: ["cuc", false],
  cursorline: ["cul", false],
  encoding: ["enc", "utf-8"],
  expandtab: ["et", false],
  fileencoding: ["fenc", ""],
  fileformat: ["ff", "unix"],
  filetype: ["ft", ""],
  fixendofline: ["fixeol", true],
  foldenable: ["fen", true],
  foldlevel: ["fdl", 0],
  foldmethod: ["fdm", "manual"],
  formatoptions: ["fo", "tcq"],
  gdefault: ["gd", false],
  hidden: ["hid", false],
  history: ["hi", 200],
  hlsearch: ["hls", false],
  ignorecase: ["ic", false],
  incsearch: ["is", true],
  indentexpr: ["inde", ""],
  iskeyword: ["isk", "@,48-57,_,192-255"],
  joinspaces: ["js", true],
  laststatus: ["ls", 1],
  lazyredraw: ["lz", false],
  linebreak: ["lbr", false],
  list: ["list", false],
  listchars: ["lcs", "eol:$"],
  magic: ["magic", true],
  modeline: ["ml", true],
  modelines: ["mls", 5],
  modifiable: ["ma", true],
  mouse: ["mouse", "nvi"],
  nrformats: ["nf", "bin,hex"],
  number: ["nu", false],
  numberwidth: ["nuw", 4],
  paste: ["paste", false],
  readonly: ["ro", false],
  relativenumber: ["rnu", false],
  ruler: ["ru", true],
  scroll: ["scr", 0],
  scrolloff: ["so", 5],
  shiftround: ["sr", false],
  shiftwidth: ["sw", 8],
  showcmd: ["sc", true],
  showmatch: ["sm", false],
  showmode: ["smd", true],
  sidescroll: ["ss", 0],
  smartcase: ["scs", false],
  smartindent: ["si", false],
  smarttab: ["sta", false],
  softtabstop: ["sts", 0],
  spell: ["spell", false],
  spelllang: ["spl", "en"],
  splitbelow: ["sb", false],
  splitright: ["spr", false],
  startofline: ["sol", true],
  swapfile: ["swf", true],
  syntax: ["syn", ""],
  tabstop: ["ts", 8],
  termguicolors: ["tgc", false],
  textwidth: ["tw", 0],
  tildeop: ["top", false],
  timeout: ["to", true],
  timeoutlen: ["tm", 1000],
  ttimeout: ["ttimeout", true],
  ttimeoutlen: ["ttm", 100],
  ttymouse: ["ttym", "xterm"],
  undofile: ["udf", false],
  undolevels: ["ul", 1000],
  updatetime: ["ut", 4000],
  virtualedit: ["ve", ""],
  visualbell: ["vb", false],
  whichwrap: ["ww", "b,s"],
  wildmenu: ["wmnu", true],
  wildmode: ["wim", "full"],
  wrap: ["wrap", true],
  wrapmargin: ["wm", 0],
  wrapscan: ["ws", true],
  writebackup: ["wb", true],
} as const

type Table = typeof TABLE
type Widened<T> = T extends boolean ? boolean : T extends number ? number : string
export type Options = { -readonly [Name in keyof Table]: Widened<Table[Name][1]> }

const isName = (name: string): name is keyof Table => Object.hasOwn(TABLE, name)
const SHORT = new Map<string, keyof Table>(Object.keys(TABLE).flatMap((name) => (isName(name) ? [[TABLE[name][0], name]] : [])))

const nameOf = (word: string): keyof Table | undefined => (isName(word) ? word : SHORT.get(word))

/** An editor's options as they begin. */
export const defaultOptions = (): Options =>
  Object.fromEntries(Object.entries(TABLE).map(([name, [, value]]) => [name, value])) as unknown as Options

/** As :set shows it. */
const shown = (name: keyof Table, value: string | number | boolean): string =>
  typeof value === "boolean" ? `${value ? "  " : "no"}${name}` : `  ${name}=${value}`

const NUMBER_LIMITS: Readonly<Partial<Record<keyof Table, readonly [number, number]>>> = {
  tabstop: [1, 80],
  shiftwidth: [0, 80],
  softtabstop: [-80, 80],
  textwidth: [0, 10_000],
}

const numberOf = (text: string, whole: string): number => {
  if (!/^-?(?:\d+|0x[0-9a-f]+)$/i.test(text)) throw new ExError(`E521: Number required after =: ${whole}`)
  return Number(text)
}

/** One word of :set; what it shows, or undefined. Throws ExError. */
export const setOption = (options: Options, word: string): string | undefined => {
  if (word === "all" || word === "all&") {
    if (word === "all&") Object.assign(options, defaultOptions())
    return word === "all" ? changedOptions(options) : undefined
  }
  const match = /^([a-z]+)([!?&<]|(?:[-+^]?[=:]))?(.*)$/s.exec(word)
  const named = match && nameOf(match[1])
  const no = !named && match ? /^(no|inv)(.+)$/.exec(match[1]) : undefined
  const name = named ?? (no ? nameOf(no[2]) : undefined)
  if (!match || name === undefined) throw new ExError(`E518: Unknown option: ${word}`)
  const [, , mark = "", text] = match
  const value = options[name]
  if (mark === "?" || (typeof value !== "boolean" && mark === "" && !no)) return shown(name, value)
  if (mark === "&" || mark === "<") {
    if (mark === "&") Object.assign(options, { [name]: TABLE[name][1] })
    return undefined
  }
  if (typeof value === "boolean") {
    if (mark.endsWith("=") || mark.endsWith(":")) throw new ExError(`E474: Invalid argument: ${word}`)
    Object.assign(options, { [name]: mark === "!" || no?.[1] === "inv" ? !value : no === undefined })
    return undefined
  }
  if (no || mark === "!") throw new ExError(`E474: Invalid argument: ${word}`)
  if (typeof value === "number") {
    const given = numberOf(text, word)
    const next = mark[0] === "+" ? value + given : mark[0] === "-" ? value - given : mark[0] === "^" ? value * given : given
    const [least, most] = NUMBER_LIMITS[name] ?? [0, 100_000]
    if (next < least) throw new ExError(`E487: Argument must be positive: ${word}`)
    Object.assign(options, { [name]: Math.min(next, most) })
    return undefined
  }
  const comma = name === "formatoptions" || name === "whichwrap" || value === "" || text === "" ? "" : ","
  const plain = text.replace(/\\(.)/g, "$1")
  const next =
    mark[0] === "+"
      ? value + comma + plain
      : mark[0] === "^"
        ? plain + comma + value
        : mark[0] === "-"
          ? comma === ""
            ? value.replace(plain, "")
            : value
                .split(",")
                .filter((one) => one !== plain)
                .join(",")
          : plain
  Object.assign(options, { [name]: next })
  return undefined
}

/** ":set" alone: all that are not as they began, as vim lists them. */
export const changedOptions = (options: Options): string =>
  ["--- Options ---"]
    .concat(Object.entries(options).flatMap(([name, value]) => (isName(name) && TABLE[name][1] !== value ? [shown(name, value)] : [])))
    .join("\n")
