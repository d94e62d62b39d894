"""Runs a command with a pseudo-terminal as its controlling terminal and standard input.

    terminal.py KEYS COMMAND...

Standard output and standard error stay what they are. KEYS is typed once, as soon as something that
ends in "? " stands on the terminal. Exits as the command did; with 128 and the number of the signal
when one ended it.
"""

import os
import pty
import signal
import sys


def main():
    keys = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
    out, err = os.dup(1), os.dup(2)
    leader, terminal = pty.fork()
    if leader == 0:
        lead_session(sys.argv[2:], out, err)
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 1024)
        except OSError:  # The last process has let go of the terminal.
            break
        if keys and shown.endswith(b"? "):
            os.write(terminal, keys)
            keys = b""
    sys.exit(ended(leader))


def lead_session(command, out, err):
    """What a shell does: the end of the command is not yet that of the session on the terminal."""
    child = os.fork()
    if child == 0:
        # Python ignores it, and what is ignored stays so in the command.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(out)
    os.close(err)
    code = ended(child)
    # A plugin that is left behind may still say something before its terminal is gone.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os._exit(code)


def ended(child):
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


main()
