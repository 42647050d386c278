"""Keys and tokens: how they are made, and the hash that is kept of them."""

import hashlib
import secrets
import string

ALPHABET = string.ascii_lowercase + string.digits


def new_key() -> str:
    # The prefix has lower-case letters; Roboflow's package takes a key without any for a demo's.
    return "sl_" + "".join(secrets.choice(ALPHABET) for _ in range(32))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    # No salt and no slow hash: what we make has 160 bits of chance, and every request is checked.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
