import { expect, test } from "vitest"
import { runScript } from "../shell-machine.ts"

test.each([
  ["namerefs", "f() { local -n r=$1; r=changed; }; v=orig; f v; echo $v", "changed\n"],
  ["namerefs to elements", "declare -A m; declare -n r='m[a b]'; r=1; echo \"${m[a b]}\"", "1\n"],
  ["coprocesses", "coproc C { cat; }; echo hi >&${C[1]}; exec {C[1]}>&-; read x <&${C[0]}; echo $x", "hi\n"],
  ["lastpipe", "shopt -s lastpipe; echo a | read y; echo [$y]", "[a]\n"],
  ["globstar", "mkdir -p d/e; touch d/1 d/e/2; shopt -s globstar; echo d/**; echo **/2", "d/ d/1 d/e d/e/2\nd/e/2\n"],
  ["exported functions", 'g() { echo "in $1"; }; export -f g; bash -c "g 1"', "in 1\n"],
  [
    "aliases line by line",
    "shopt -s expand_aliases\nalias k='echo kubectl'\nk get\nalias k='echo other'; k same\nk next",
    "kubectl get\nkubectl same\nother next\n",
  ],
  ["aliases leave words alone", "shopt -s expand_aliases\nalias a='echo no'\necho 'x; a'\ncat <<E\na\nE\n", "x; a\na\n"],
  ["{fd}> lasts", "exec {fd}>f; echo hi >&$fd; exec {fd}>&-; cat f; echo $((fd > 9))", "hi\n1\n"],
  ["what comes before a syntax error runs", "echo one\necho two )\n", "one\n"],
  ["traps of signals to itself", "trap 'echo got' USR1; kill -USR1 $$; echo after", "got\nafter\n"],
  ["ERR and EXIT", "trap 'echo err $?' ERR; trap 'echo bye' EXIT; false; true", "err 1\nbye\n"],
  ["set -e, conditions apart", "set -e; if false; then :; fi; false || echo kept; ! true; echo still; false; echo never", "kept\nstill\n"],
  [
    "associative arrays",
    'declare -A m=([x]=1 [y]=2); m[z]=3; for k in $(printf "%s\\n" "${!m[@]}" | sort); do echo $k=${m[$k]}; done',
    "x=1\ny=2\nz=3\n",
  ],
  ["declare -p", 'a=(1 "b c"); declare -i n=2+3; declare -p a n', 'declare -a a=([0]="1" [1]="b c")\ndeclare -i n="5"\n'],
  [
    "declare -f",
    "f() { if true; then echo 1; else echo 2; fi; for i in a b; do echo $i; done; }; declare -f f",
    "f () \n{ \n    if true; then\n        echo 1;\n    else\n        echo 2;\n    fi;\n    for i in a b;\n    do\n        echo $i;\n    done\n}\n",
  ],
  ["FUNCNAME and caller", 'f() { g; }; g() { echo "${FUNCNAME[@]}"; }; f', "g f\n"],
  ["mapfile", "mapfile -t -s 1 -n 2 a < <(seq 5); echo ${a[@]}", "2 3\n"],
  ["read -a with IFS", 'IFS=: read -r -a p <<< "a:b c:d"; echo "${p[1]}"', "b c\n"],
  ["TIMEFORMAT", "TIMEFORMAT=%1R; { time sleep 0.5; } 2>&1", "0.5\n"],
  ["compgen", "compgen -W 'get delete describe' -- de", "delete\ndescribe\n"],
  ["$_ and $-", "echo a b >/dev/null; echo $_; [[ $- == *B* ]] && echo B", "b\nB\n"],
  ["${x@Q} and kin", "x='a b'; echo ${x@Q} ${x@U}; declare -i n=1; echo ${n@a}", "'a b' A B\ni\n"],
  ["wait -n", "(sleep 0.2; exit 3) & (sleep 0.1; exit 4) & wait -n; echo $?", "4\n"],
  ["jobs in a pipeline", "sleep 5 & jobs | sed 's/  */ /g'", "[1]+ Running sleep 5 &\n"],
  ["break outside", "break; echo $?", "0\n"],
  ["brackets hold expansions", 'y=b; touch b; echo [$y] ["x$y"]', "b b\n"],
  ["case ;;& and ;&", "case ab in a*) echo 1 ;;& *b) echo 2 ;& x) echo 3 ;; *) echo 4 ;; esac", "1\n2\n3\n"],
  ["arithmetic", "echo $((2**10)) $((7/2)) $((-7%3)) $((1<<4|1)) $((0x1f)) $((8#17)) $((a=3, a*2))", "1024 3 -1 17 31 15 6\n"],
  ["*/ is directories", "mkdir s; touch t; echo */", "s/\n"],
])("%s", (_, script, stdout) => {
  expect(runScript(script).stdout).toBe(stdout)
})

test("a program takes the place of the bash -c that ends with it, and of no other", () => {
  const inner = 'sh -c "echo \\$PPID > f"'
  const became = (outer: string): string =>
    runScript(`${outer.replace("INNER", inner)}; [ "$(cat f)" = $$ ] && echo became || echo child`).stdout.trim()
  const texts = ["INNER", ":; INNER", "true && INNER", "INNER\n", ":\nINNER"].map((text) => `bash -c '${text}'`)
  expect(texts.map(became)).toEqual(texts.map(() => "became"))
  const others = ["INNER; :", "trap : EXIT; INNER", "INNER 2>/dev/null", "! INNER", "if true; then INNER; fi", "(INNER)", "INNER & wait"]
  const children = [...others.map((text) => `bash -c '${text}'`), "sh -c 'INNER'"]
  expect(children.map(became)).toEqual(children.map(() => "child"))
})

test("a loop of ten thousand steps is quick, and does not hold up the machine", () => {
  const script = "i=0; while ((i < 10000)); do ((i++)); done; echo $i"
  runScript(script)
  const began = performance.now()
  expect(runScript(script).stdout).toBe("10000\n")
  expect(performance.now() - began).toBeLessThan(1_500)
})

test("syntax errors as bash words them", () => {
  expect(runScript("echo )").stderr).toBe("bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo )'\n")
  expect(runScript("if true; then\necho").stderr).toBe("bash: -c: line 3: syntax error: unexpected end of file\n")
  expect(runScript("echo 'a").stderr).toBe("bash: -c: line 1: unexpected EOF while looking for matching `''\n")
})
