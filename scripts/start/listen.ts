/** Takes the port that everybody sees. */
import type { Server } from "node:http"
import { Refusal } from "./explain.ts"
import type { Settings } from "./settings.ts"

/**
 * @returns the port, also when a free one was asked for
 * @throws Refusal when it is taken or forbidden
 */
export const listen = (front: Server, { port, host }: Settings): Promise<number> =>
  new Promise((resolve, reject) => {
    front.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        reject(new Refusal(`Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start`))
      else if (error.code === "EACCES")
        reject(new Refusal(`Port ${port} may not be used by this user. Choose another one: PORT=3000 npm start`))
      else if (error.code === "EADDRNOTAVAIL") reject(new Refusal(`HOST=${host} is no address of this machine.`))
      else reject(error)
    })
    front.listen(port, host, () => {
      const address = front.address()
      resolve(address && typeof address === "object" ? address.port : port)
    })
  })
