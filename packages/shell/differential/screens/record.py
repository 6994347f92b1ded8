"""Runs a shell on a terminal of its own, types steps of keys at it, and prints what each made it send (JSON, base64)."""
import base64, fcntl, json, os, pty, select, struct, sys, termios, time

case = json.load(sys.stdin)


def size(fd, text):
    columns, rows = text.split("x")
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


child, fd = pty.fork()
if child == 0:
    os.chdir(case["directory"])
    environment = {**case["environment"], "PATH": os.environ["PATH"], "HOME": case["directory"]}
    os.execvpe("bash", ["bash", "--norc", "--noprofile"], environment)
size(fd, case["size"])


def quiet(wait):
    """All that comes until nothing has for `wait` seconds."""
    data = b""
    while select.select([fd], [], [], wait)[0]:
        try:
            piece = os.read(fd, 65536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    return data


sent = [base64.b64encode(quiet(0.4)).decode()]
for at, step in enumerate(case["steps"]):
    if "size" in step:
        size(fd, step["size"])
    else:
        os.write(fd, base64.b64decode(step["keys"]))
    sent.append(base64.b64encode(quiet(0.25 if at else 0.8)).decode())
os.kill(child, 9)
json.dump(sent, sys.stdout)
