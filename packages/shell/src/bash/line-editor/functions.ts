/** What keys can be bound to: readline's names, each with the key that does it where nothing else is bound (emacs-keymap.c). */

/** Names without a key of their own are done by a key that no terminal sends: "(name)". */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  abort: "C-g",
  "accept-line": "enter",
  "backward-char": "C-b",
  "backward-delete-char": "backspace",
  "backward-kill-line": "C-x backspace",
  "backward-kill-word": "M-backspace",
  "backward-word": "M-b",
  "beginning-of-history": "M-<",
  "beginning-of-line": "C-a",
  "bracketed-paste-begin": "paste-begin",
  "capitalize-word": "M-c",
  "character-search": "C-]",
  "character-search-backward": "M-C-]",
  "clear-screen": "C-l",
  complete: "tab",
  "copy-backward-word": "(copy-backward-word)",
  "copy-forward-word": "(copy-forward-word)",
  "copy-region-as-kill": "(copy-region-as-kill)",
  "delete-char": "C-d",
  "delete-char-or-list": "(delete-char-or-list)",
  "delete-horizontal-space": "M-\\",
  "downcase-word": "M-l",
  "edit-and-execute-command": "C-x C-e",
  "end-of-history": "M->",
  "end-of-line": "C-e",
  "exchange-point-and-mark": "C-x C-x",
  "forward-char": "C-f",
  "forward-search-history": "C-s",
  "forward-word": "M-f",
  "history-search-backward": "page-up",
  "history-search-forward": "page-down",
  "insert-comment": "M-#",
  "kill-line": "C-k",
  "kill-region": "(kill-region)",
  "kill-whole-line": "(kill-whole-line)",
  "kill-word": "M-d",
  "menu-complete": "(menu-complete)",
  "menu-complete-backward": "(menu-complete-backward)",
  "next-history": "C-n",
  "next-screen-line": "(next-screen-line)",
  "operate-and-get-next": "C-o",
  "overwrite-mode": "insert",
  "possible-completions": "M-?",
  "previous-history": "C-p",
  "quoted-insert": "C-v",
  "re-read-init-file": "C-x C-r",
  "redraw-current-line": "(redraw-current-line)",
  "reverse-search-history": "C-r",
  "revert-line": "M-r",
  "self-insert": "(self-insert)",
  "set-mark": "C-@",
  "tilde-expand": "M-&",
  "transpose-chars": "C-t",
  "transpose-words": "M-t",
  undo: "C-_",
  "unix-filename-rubout": "(unix-filename-rubout)",
  "unix-line-discard": "C-u",
  "unix-word-rubout": "C-w",
  "upcase-word": "M-u",
  yank: "C-y",
  "yank-last-arg": "M-.",
  "yank-nth-arg": "M-C-y",
  "yank-pop": "M-y",
}

/** A key's name as `bind -p` writes the sequence. */
export const sequenceText = (keys: string): string =>
  keys
    .split(" ")
    .map((key) => {
      const match = /^(M-)?(C-)?(.+)$/.exec(key)
      const [, meta = "", control = "", rest = key] = match ?? []
      const named: Readonly<Record<string, string>> = {
        enter: "\\C-m",
        tab: "\\C-i",
        backspace: "\\C-?",
        up: "\\e[A",
        down: "\\e[B",
        right: "\\e[C",
        left: "\\e[D",
      }
      return `${meta && "\\e"}${control && "\\C-"}${named[rest] ?? (rest === '"' || rest === "\\" ? `\\${rest}` : rest)}`
    })
    .join("")
