import { expect, test } from "vitest"
import { typedCommands } from "./typed-commands.ts"

test.each<[string, string, string[]]>([
  ["one a line, without comments", "# first\nls\n\n  pwd  \n", ["ls", "  pwd  "]],
  ["a loop", "for x in a b; do\n  echo $x\ndone\nls", ["for x in a b; do\n  echo $x\ndone", "ls"]],
  [
    "a loop on one line",
    "until kubectl get --raw /readyz; do sleep 2; done\nls",
    ["until kubectl get --raw /readyz; do sleep 2; done", "ls"],
  ],
  ["an if in a loop", "while true; do\nif a; then\nb\nfi\ndone", ["while true; do\nif a; then\nb\nfi\ndone"]],
  ["a here-document", "cat > x <<'EOF'\nfor x\n'\nEOF\nls", ["cat > x <<'EOF'\nfor x\n'\nEOF", "ls"]],
  ["two here-documents", "cat <<A <<-B\n1\nA\n2\n\tB\nls", ["cat <<A <<-B\n1\nA\n2\n\tB", "ls"]],
  ["a here-string is none", "cat <<< EOF\nls", ["cat <<< EOF", "ls"]],
  ["quotes over lines", "echo 'a\nb'\necho \"c\nd\"", ["echo 'a\nb'", 'echo "c\nd"']],
  ["a backslash at the end", "kubectl run a \\\n  --image=b\nls", ["kubectl run a \\\n  --image=b", "ls"]],
  ["a function", "f() {\n  ls\n}\nf", ["f() {\n  ls\n}", "f"]],
  ["a subshell", "(\ncd /\nls\n)\npwd", ["(\ncd /\nls\n)", "pwd"]],
  ["words that look like keywords", "echo for if case\nls --while", ["echo for if case", "ls --while"]],
  ["what is never closed comes last", "echo 'a\nls", ["echo 'a\nls"]],
  ["substitutions", 'export A=$(kubectl get pods -o name)\necho "$(date)"', ["export A=$(kubectl get pods -o name)", 'echo "$(date)"']],
])("%s", (_, script, expected) => {
  expect(typedCommands(script)).toEqual(expected)
})
