/** curl's options that scripts lean on, against a server that tells what it was sent. */
import { expect, test } from "vitest"
import { runScript, shellMachine } from "../../shell-machine.ts"

const run = (script: string) => {
  const machine = shellMachine()
  machine.network.serve(
    8080,
    ({ method, path, headers, body }) => ({
      status: path === "/missing" ? 404 : 200,
      headers: { "content-type": "text/plain" },
      body: `${method} ${path} ${headers.host} ${typeof body === "string" ? body : ""}\n`,
    }),
    { address: "127.0.0.1" },
  )
  const { stdout, stderr } = runScript(script, { machine })
  return `${stdout}${stderr}`
}

test("data comes from words and files, or goes into the address", () => {
  expect(
    run(
      "echo -n 'from file' > /tmp/f; curl -s -d a=1 -d b=2 localhost:8080/; curl -s -d @/tmp/f localhost:8080/; curl -s -G -d q=1 localhost:8080/s",
    ),
  ).toBe("POST / localhost:8080 a=1&b=2\nPOST / localhost:8080 from file\nGET /s?q=1 localhost:8080 \n")
  expect(run("curl -s -d @/nope localhost:8080/; echo $?")).toContain("26\n")
})

test("-w tells of answers and of failures, --resolve names an address, -v tells the exchange", () => {
  expect(
    run(
      "curl -s -o /dev/null -w '%{http_code} %{content_type} %{exitcode}\\n' localhost:8080/missing; curl -s -w '%{http_code} %{exitcode}\\n' localhost:9",
    ),
  ).toBe("404 text/plain 0\n000 7\n")
  expect(run("curl -s --resolve web.example:8080:127.0.0.1 http://web.example:8080/")).toBe("GET / web.example:8080 \n")
  expect(run("curl -sv -o /dev/null localhost:8080/ 2>&1 | grep '^[<>] '")).toBe(
    "> GET / HTTP/1.1\n> Host: localhost:8080\n> User-Agent: curl/8.5.0\n> Accept: */*\n> \n< HTTP/1.1 200 OK\n< Content-Type: text/plain\n< Content-Length: 22\n< \n",
  )
})
