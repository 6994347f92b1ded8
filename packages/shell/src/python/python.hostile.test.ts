/** Programs in Python that never end, or ask for more than there is: the host holds no more than it may, and ^C ends them. */
import { expect, test } from "vitest"
import { openTerminal } from "../shell-machine.ts"

const HOSTILE: readonly string[] = [
  "while True: pass",
  "l = []\nwhile True: l.append(l)",
  'l = []\nwhile True: l.append("x" * 1000000)',
  's = "x"\nwhile True: s += s',
  's = "x"\nwhile True: s += "y" * 1000',
  "d = {}\ni = 0\nwhile True:\n    d[i] = str(i) * 100\n    i += 1",
  "x = 3\nwhile True: x = x * x",
  "x = 3\nwhile True: x = x ** x",
  "def f(): return f()\nf()",
  "x = [0] * 10**9",
  "x = list(range(10**9))",
  'x = "".join(str(i) for i in range(10**9))',
  'x = "".join(["x" * 10**6] * 10**4)',
  "print(sum(range(10**10)))",
  'import re\nre.match("(a+)+$", "a" * 4000 + "b")',
  "class A: pass\nl = []\nwhile True: l.append(A())",
  "class A: pass\nl = A()\nwhile True:\n    a = A()\n    a.next = l\n    l = a",
  "def g():\n    while True: yield 1\nlist(g())",
  'b = bytearray()\nwhile True: b += b"x" * 100000',
  'print(f"{1:1000000000}")',
  'print("%1000000000d" % 1)',
  "import itertools\nlist(itertools.count())",
  "import itertools\nmax(itertools.count())",
  "import itertools\nlist(itertools.permutations(range(50)))",
  "sorted(range(10**8))",
  "x = [1]\nfor i in x: x.append(i)",
  "x = {i: i for i in range(10**9)}",
  "x = set(range(10**9))",
  "x = 10**10**8",
  'x = int("9" * 10**7)',
  "print(len(str(10**1000000)))",
  'x = ("a" * 10**6).replace("a", "b" * 10**6)',
  'x = "a,".join(["b"] * 10**7).split(",")',
  "x = (1, 2)\nwhile True: x = x + x",
  "import json\nx = []\nfor i in range(100000): x = [x]\nprint(json.dumps(x))",
  'import json\njson.loads("[" * 1000000)',
  'eval("(" * 100000)',
  'exec("x = 1\\n" * 1000000)',
  "import subprocess\nwhile True: subprocess.Popen(['sleep', '1000'])",
  "open('/tmp/f', 'w').write('x' * 10**9)",
  "f = open('/tmp/f', 'w')\nwhile True: f.write('x' * 10**6)",
  "while True: print('x' * 10**6)",
  "import collections\nd = collections.deque()\nwhile True: d.append('x' * 10000)",
  "import copy\nx = [1]\nwhile True: x = [copy.deepcopy(x), copy.deepcopy(x)]",
  "lambda: (yield)\nf = lambda n: [f(n) for i in range(100)]\nf(1)",
  "import threading\nwhile True: threading.Thread(target=print).start()",
  "x = [[0] * 10**5 for i in range(10**5)]",
  "x = bytes(10**9)",
  "import base64\nx = b'x'\nwhile True: x = base64.b64encode(x)",
  "import random\nwhile True: random.sample(range(10**6), 10**5)",
]

const MOST_HELD = 400 * 1024 ** 2

test.each(HOSTILE)("%s", (program) => {
  const terminal = openTerminal()
  terminal.machine.files.write("/root/p.py", `${program}\n`)
  const before = process.memoryUsage().heapUsed
  terminal.type("python3 p.py\r", 1_500)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(MOST_HELD)
  for (let tries = 0; tries < 20 && !/READY:1/.test(terminal.output); tries++) {
    terminal.output = ""
    terminal.type("\x03", 100)
    terminal.type("\x15echo READY:$((1))\r", 300)
  }
  expect(terminal.output).toContain("READY:1")
})
