"""Files of the controller that only their owner may read."""

from __future__ import annotations

import os
import tempfile

from ansible.errors import AnsibleError


def write(path, text):
    """Writes a file of mode 0600, whole or not at all."""
    folder = os.path.dirname(path) or "."
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=".okv-host-")  # of mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        raise AnsibleError(f"cannot write {path} on the controller: {error.strerror}") from error
