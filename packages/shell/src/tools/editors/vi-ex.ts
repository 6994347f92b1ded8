/** vi's command line as text: ranges, names of commands, and where one command ends and the next begins (ex_docmd.c). */

/** Rows count from 0. */
export interface Range {
  from: number
  to: number
  given: boolean
  /** It was line 0: before the first. */
  zero?: boolean
  /** How many addresses there were. */
  count?: number
}

export class ExError extends Error {}

export interface ExCall {
  /** Its whole name, or the character that is one ("!", "&", ">"). */
  readonly name: string
  readonly bang: boolean
  readonly range: Range
  /** What is behind the name, blanks at its beginning gone. */
  readonly argument: string
  /** The same as it was typed. */
  readonly raw: string
  readonly silent: boolean
  readonly text: string
}

/** "write:w" is a command and the least of its name that is enough. */
const COMMANDS: readonly (readonly [name: string, least: string])[] =
  `append:a abbreviate:ab abclear:abc args:ar augroup:aug autocmd:au badd:bad bdelete:bd bfirst:bf blast:bl bnext:bn bNext:bN
bprevious:bp brewind:br buffer:b buffers:buffers cabbrev:ca cabclear:cabc call:cal cd:cd center:ce change:c changes:changes close:clo cmap:cm cnoreabbrev:cnorea cnoremap:cno
colorscheme:colo comclear:comc command:com copy:co cquit:cq cunabbrev:cuna cunmap:cu delcommand:delc delete:d delmarks:delm digraphs:dig display:di
earlier:ea echo:ec echoerr:echoe echomsg:echom echon:echon edit:e else:el elseif:elsei endfor:endfo endif:en enew:ene execute:exe exit:exi
file:f files:files filetype:filet first:fir fixdel:fix fold:fo foldclose:foldc foldopen:foldo for:for global:g goto:go help:h highlight:hi
history:his iabbrev:ia iabclear:iabc if:if imap:im inoreabbrev:inorea inoremap:ino insert:i iunabbrev:iuna iunmap:iu join:j jumps:ju k:k
keepalt:keepa keepjumps:keepj keepmarks:kee keeppatterns:keepp language:lan last:la later:lat lcd:lc left:le let:let list:l lmap:lm
lockmarks:loc ls:ls map:map mapclear:mapc mark:ma marks:marks messages:mes mksession:mks move:m new:new next:n Next:N nmap:nm
nmapclear:nmapc nnoremap:nn noautocmd:noa nohlsearch:noh noremap:no noreabbrev:norea normal:norm number:nu nunmap:nun omap:om only:on
onoremap:ono options:opt ounmap:ou packadd:pa previous:prev print:p put:pu pwd:pw qall:qa quit:q quitall:quita read:r recover:rec redo:red
redraw:redr registers:reg resize:res retab:ret rewind:rew right:ri saveas:sav sbuffer:sb scriptnames:scr set:se setfiletype:setf
setglobal:setg setlocal:setl shell:sh silent:sil sleep:sl snoremap:snor smap:smap sort:sor source:so split:sp startinsert:star
startreplace:startr stop:st stopinsert:stopi substitute:s suspend:sus sview:sv syntax:sy t:t tabclose:tabc tabedit:tabe tabnew:tabnew
tabnext:tabn tabonly:tabo tabprevious:tabp terminal:ter undo:u undojoin:undoj undolist:undol unabbreviate:una unlet:unl unmap:unm update:up
verbose:verb version:ve vglobal:v view:vie visual:vi vmap:vm vnew:vne vnoremap:vn vsplit:vs vunmap:vu wNext:wN wall:wa while:wh wincmd:winc
wnext:wn wprevious:wp wq:wq wqall:wqa write:w xall:xa xit:x xmap:xm xnoremap:xn xunmap:xu yank:y z:z`
    .split(/\s+/)
    .map((entry) => entry.split(":") as [string, string])

const MODIFIERS = new Set(["silent", "keepalt", "keepjumps", "keepmarks", "keeppatterns", "lockmarks", "noautocmd", "verbose"])

/** Commands to which a bar is text. */
const WHOLE = new Set([
  ..."! normal global vglobal map noremap nmap nnoremap vmap vnoremap xmap xnoremap smap snoremap imap inoremap omap onoremap cmap cnoremap".split(
    " ",
  ),
  "autocmd",
  "command",
])
/** Commands whose argument is an expression: bars and quotes within its strings are text. */
const EXPRESSION = new Set(["let", "execute", "echo", "echomsg", "echon", "echoerr", "call", "if", "elseif", "for", "while", "unlet"])
/** Commands behind which a quote does not begin a remark. */
const QUOTED = new Set([
  "substitute",
  "&",
  "&&",
  "~",
  "write",
  "read",
  "edit",
  "set",
  "setlocal",
  "registers",
  "put",
  "abbreviate",
  "iabbrev",
  "sort",
])

/** The whole name of a command; undefined for what is none. */
export const commandNamed = (word: string): string | undefined =>
  COMMANDS.find(([name, least]) => name.startsWith(word) && word.startsWith(least))?.[0]

export interface RangeContext {
  readonly row: number
  readonly last: number
  readonly mark: (name: string) => number | undefined
  /** The row of the next match behind (or before) a row; "" is the last pattern. Throws ExError. */
  readonly search: (source: string, row: number, forward: boolean, kind: "/" | "&") => number
}

/** Reads "1,5", "%", ".,$", "'<,'>", "/x/;+1" before a command; throws ExError. */
export const parseRange = (text: string, context: RangeContext): { range: Range; rest: string } => {
  let rest = text.replace(/^[\s:]+/, "")
  if (rest.startsWith("%")) return { range: { from: 0, to: context.last, given: true, count: 2 }, rest: rest.slice(1).trimStart() }
  if (/^\*(?![a-z])/.test(rest)) rest = `'<,'>${rest.slice(1)}`
  let from = context.row
  const address = (): number | undefined => {
    const match = /^(\d+|\.|\$|'(.)|\\[/?&]|\/((?:\\.|[^/\\])*)(?:\/|$)|\?((?:\\.|[^?\\])*)(?:\?|$))?\s*((?:[-+]\s*\d*\s*)*)/.exec(rest)
    if (!match || match[0].trim() === "") return undefined
    let row: number
    const [, base, mark, ahead, back, steps] = match
    if (base === undefined || base === ".") row = from
    else if (base === "$") row = context.last
    else if (mark !== undefined) {
      const marked = context.mark(mark)
      if (marked === undefined) throw new ExError("E20: Mark not set")
      row = marked
    } else if (base.startsWith("\\")) row = context.search("", from, base !== "\\?", base === "\\&" ? "&" : "/")
    else if (ahead !== undefined) row = context.search(ahead, from, true, "/")
    else if (back !== undefined) row = context.search(back, from, false, "/")
    else row = Number(base) - 1
    rest = rest.slice(match[0].length)
    // A pattern behind another goes on from where that one was found.
    while (base !== undefined && /^[/?]/.test(rest)) {
      const next = /^([/?])((?:\\.|(?!\1)[^\\])*)(?:\1|$)/.exec(rest)
      if (!next) break
      row = context.search(next[2], row, next[1] === "/", "/")
      rest = rest.slice(next[0].length)
    }
    for (const [step] of steps.replace(/\s/g, "").matchAll(/[-+]\d*/g)) row += step.length === 1 ? Number(`${step}1`) : Number(step)
    rest = rest.trimStart()
    return row
  }
  const first = address()
  let begin = first ?? context.row
  let to = begin
  let count = first === undefined ? 0 : 1
  while (rest.startsWith(",") || rest.startsWith(";")) {
    // Behind ";" the first line is the one to count and search from.
    if (rest.startsWith(";")) from = to
    rest = rest.slice(1).trimStart()
    begin = to
    to = address() ?? from
    count = 2
  }
  if (begin > to) [begin, to] = [to, begin]
  if (count > 0 && (to > context.last || begin < -1)) throw new ExError("E16: Invalid range")
  return { range: { from: Math.max(0, begin), to: Math.max(0, to), given: count > 0, count, ...(to < 0 && { zero: true }) }, rest }
}

/** Where the first bar is that ends a command: not escaped, and for expressions not within a string. */
const barIn = (text: string, name: string): number => {
  let quote = ""
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quote !== "") {
      if (character === "\\" && quote === '"') at++
      else if (character === quote) quote = ""
    } else if (EXPRESSION.has(name) && (character === '"' || character === "'")) quote = character
    else if (character === "\\" || character === "\x16") at++
    else if (character === "|" && !(EXPRESSION.has(name) && text[at + 1] === "|") && !(EXPRESSION.has(name) && text[at - 1] === "|"))
      return at
  }
  return -1
}

/** The bar behind the pattern and the replacement of a :s: in them it is text. */
const barBehind = (text: string): number => {
  const mark = /^\s*([^\w\s"|\\&])/.exec(text)
  if (!mark) return barIn(text, "substitute")
  let marks = 1
  let at = mark[0].length
  for (; at < text.length && marks < 3; at++)
    if (text[at] === "\\") at++
    else if (text[at] === mark[1]) marks++
  const bar = barIn(text.slice(at), "substitute")
  return bar < 0 ? -1 : at + bar
}

/** The first command of a line, and the line behind it. Throws ExError. */
export const parseCommand = (
  line: string,
  context: RangeContext,
  user: (name: string) => boolean,
): { call: ExCall; rest: string } | undefined => {
  let text = line.replace(/^[\s:|]+/, "")
  let silent = false
  let range: Range
  let rest: string
  for (;;) {
    if (text === "" || text.startsWith('"')) return undefined
    ;({ range, rest } = parseRange(text, context))
    const modifier = /^([a-z]+)(!?)\s+(?=\S)/.exec(rest)
    const name = modifier ? commandNamed(modifier[1]) : undefined
    if (!modifier || name === undefined || !MODIFIERS.has(name)) break
    if (name === "silent") silent = true
    text = rest.slice(modifier[0].length).replace(/^[\s:|]+/, "")
  }
  const word: string = /^(?:&&|[&~!=#@*]|>+|<+|[A-Za-z][A-Za-z0-9]*)/.exec(rest)?.[0] ?? ""
  let name: string | undefined = word
  let used = word
  if (/^[A-Za-z]/.test(word)) {
    const letters = /^[A-Za-z]+/.exec(word)?.[0] ?? ""
    name = user(word) ? word : undefined
    if (name === undefined && /^k[a-zA-Z]$/.test(letters)) [name, used] = ["k", "k"]
    if (name === undefined) {
      used = letters
      name = commandNamed(letters)
    }
    // "sg" is s with a flag; "dx" is nothing.
    if (name === undefined && /^s[cegiInp#lr]+$/.test(letters)) [name, used] = ["substitute", "s"]
    if (name === undefined && /^d[lp]$/.test(letters)) [name, used] = ["delete", "d"]
    if (name === undefined) throw new ExError(`E492: Not an editor command: ${line.trim()}`)
  } else if (/^[><]/.test(word)) name = word
  let raw = rest.slice(used.length)
  const bang = raw.startsWith("!") && /^[A-Za-z]/.test(used) && name !== "substitute"
  if (bang) raw = raw.slice(1)
  if (word === "" && raw !== "" && !raw.startsWith("|") && !raw.startsWith('"'))
    throw new ExError(`E492: Not an editor command: ${line.trim()}`)
  const shell = (name === "read" || name === "write") && /^\s*!/.test(raw)
  const whole = WHOLE.has(name) || shell || (name === "read" && bang)
  const bar = whole ? -1 : name === "substitute" ? barBehind(raw) : barIn(raw, name)
  let behind = ""
  if (bar >= 0) {
    behind = raw.slice(bar + 1)
    raw = raw.slice(0, bar)
  }
  if (!whole && !EXPRESSION.has(name) && !QUOTED.has(name) && !user(name)) raw = raw.replace(/(^|\s)".*$/, "")
  if (!whole && !EXPRESSION.has(name) && name !== "substitute") raw = raw.replace(/\\\|/g, "|")
  return { call: { name, bang, range, argument: raw.trimStart(), raw, silent, text: line }, rest: behind }
}
