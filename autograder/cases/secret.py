"""The seed secret: read from a file of the instructor's, and never written anywhere."""

from pathlib import Path

# A secret that can be guessed lets a student compute the hidden inputs.
_SECRET_BYTES = 16


class RequestError(Exception):
    """What was asked for can't be done; the message says why, and what to ask for instead."""


def read_secret(path: Path) -> bytes:
    """Read the seed secret, without the line end after it.

    Raises:
        RequestError: it can't be read, or is too short to be a secret.
    """
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise RequestError(f"the seed secret {path} can't be read: {error.strerror}") from error
    if len(secret) < _SECRET_BYTES:
        raise RequestError(
            f"the seed secret {path} has {len(secret)} bytes, and at least {_SECRET_BYTES} are expected. "
            "To make one: python3 -c 'import secrets; print(secrets.token_hex())' > FILE"
        )
    return secret
