"""What the action plugins do on a node: POSIX sh and coreutils, through the connection, and no Python."""

from __future__ import annotations

import hashlib
import os
import shlex
import time
from typing import NamedTuple

from ansible.errors import AnsibleError
from ansible.module_utils.common.text.converters import to_text

# Between what a program prints on stdout and what it printed on stderr: a terminal, which the connection may use,
# would mix both.
MARK = "--okv.host: stderr follows--"
# What the shell exits with where the file is another one. okv-host has no such exit status.
OTHER = 97
# How long to wait before a lost connection is tried again, in seconds.
PAUSE = 5


class Answer(NamedTuple):
    """How a program on the node ended."""

    status: int
    stdout: str
    stderr: str


def sha256_of(path):
    """SHA-256 of a file of the controller."""
    total = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                total.update(chunk)
    except OSError as error:
        raise AnsibleError(f"cannot read {path} on the controller: {error.strerror}") from error
    return total.hexdigest()


def quoted(words):
    """A command line of these words."""
    return " ".join(shlex.quote(to_text(word)) for word in words)


def waits_until(deadline):
    """Pauses before another attempt; False when the time is up."""
    if time.monotonic() >= deadline:
        return False
    time.sleep(PAUSE)
    return True


class Node:
    """The node of a task."""

    def __init__(self, action):
        self._action = action

    def sh(self, script):
        """Runs a script; any exit status is an answer."""
        result = self._action._low_level_execute_command(script)
        out = to_text(result.get("stdout", "")).replace("\r\n", "\n")
        return Answer(int(result["rc"]), out, to_text(result.get("stderr", "")).strip())

    def program(self, sha256, words):
        """Runs a program whose file has this SHA-256, with its two streams apart and without a standard input.

        None where the file has another one, or is not there."""
        file = shlex.quote(words[0])
        verify = f"case $(sha256sum < {file}) in {sha256}*) ;; *) exit {OTHER} ;; esac 2>/dev/null"
        answer = self.sh(
            f"{{ okv_err=$( {{ {verify}; {quoted(words)} </dev/null >&3 3>&-; }} 2>&1 ); okv_status=$?; }} 3>&1; "
            f"printf '\\n%s\\n%s\\n' {shlex.quote(MARK)} \"$okv_err\"; exit $okv_status"
        )
        if answer.status == OTHER:
            return None
        out, found, err = answer.stdout.partition(f"\n{MARK}\n")
        return Answer(answer.status, out, err.strip() if found else answer.stderr)

    def sha256(self, path):
        """SHA-256 of a file; None where there is no such file."""
        name = shlex.quote(path)
        answer = self.sh(f"if test -f {name}; then sha256sum < {name}; else echo absent; fi")
        word = answer.stdout.split()[0] if answer.stdout.split() else ""
        if answer.status == 0 and word == "absent":
            return None
        if answer.status == 0 and len(word) == 64 and set(word) <= set("0123456789abcdef"):
            return word
        raise AnsibleError(f"cannot read the SHA-256 of {path}: {answer.stderr or answer.stdout.strip()}")

    def put(self, source, path, sha256, mode):
        """Transfers a file. It gets its name only when the node has read it back with this SHA-256."""
        self._in_temporary_folder(lambda copy: self._place(copy, path, sha256, mode), source, sha256)

    def remove(self, path):
        """Removes a file."""
        self._expects(self.sh(f"rm -f -- {shlex.quote(path)} && sync"), path)

    def program_of_a_copy(self, source, sha256, words):
        """Runs a program that is transferred for this once, and removed."""

        def run(copy):
            self._expects(self.sh(f"chmod 700 {shlex.quote(copy)}"), copy)
            return self.program(sha256, [copy, *words])

        return self._in_temporary_folder(run, source, sha256)

    def reconnect(self):
        """Drops the connection: the next command opens another."""
        try:
            self._action._connection.reset()
        except (AnsibleError, AttributeError):
            pass  # it is gone, or, such as local, has nothing to drop

    def _in_temporary_folder(self, use, source, sha256):
        action = self._action
        folder = action._make_tmp_path()
        try:
            copy = action._connection._shell.join_path(folder, "copy")
            action._transfer_file(os.path.abspath(source), copy)
            self._verify(copy, sha256)
            return use(copy)
        finally:
            action._remove_tmp_path(folder, force=True)

    def _verify(self, path, sha256):
        found = self.sha256(path)
        if found != sha256:
            raise AnsibleError(f"{path} has the SHA-256 {found} on the node, and {sha256} on the controller")

    def _place(self, copy, path, sha256, mode):
        part = f"{path}.part"
        copy, final, half = (shlex.quote(name) for name in (copy, path, part))
        script = f"umask 077 && cp {copy} {half} && chmod {mode} {half} && sync && sha256sum < {half}"
        answer = self._expects(self.sh(script), path)
        if answer.stdout.split()[:1] != [sha256]:
            self.sh(f"rm -f {half}")
            raise AnsibleError(f"{path} does not have the SHA-256 {sha256} after it was copied")
        self._expects(self.sh(f"mv -f {half} {final} && sync"), path)

    @staticmethod
    def _expects(answer, path):
        if answer.status != 0:
            raise AnsibleError(f"cannot change {path} on the node: {answer.stderr or answer.stdout.strip()}")
        return answer
