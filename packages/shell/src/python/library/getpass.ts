/** getpass. */
import { defineModule } from "./define-module.ts"

export const getpass = defineModule({
  name: "getpass",
  source: `
import os as _os
def getuser():
    return _os.environ.get("LOGNAME") or _os.environ.get("USER") or "root"
def getpass(prompt="Password: ", stream=None):
    return input(prompt)
`,
})
