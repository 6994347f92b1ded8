/** errno. */
import { defineModule } from "./define-module.ts"

export const errno = defineModule({
  name: "errno",
  source: `
EPERM, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF, ECHILD, EAGAIN, ENOMEM, EACCES = range(1, 14)
EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY = range(16, 26)
EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK, EPIPE = range(27, 33)
ENOTEMPTY, ELOOP, EADDRINUSE, EADDRNOTAVAIL, ENETUNREACH, ECONNRESET, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH = 39, 40, 98, 99, 101, 104, 110, 111, 113
errorcode = {value: name for name, value in list(globals().items()) if name.startswith("E")}
`,
})
