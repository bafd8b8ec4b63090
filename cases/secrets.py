"""How are personal fields sealed, looked up and signed, and where does the key come from?"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.types import TypeDecorator

from cases.errors import KeyUnusable, SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
# First byte of everything sealed, so that a later scheme can be told apart.
SCHEME = b"\x01"
KEY_FILE = "secret.key"


class SecretBox:
    """Seals, indexes and signs with keys derived from one secret; its repr shows nothing."""

    __slots__ = ("_index_key", "_seal")

    def __init__(self, secret: bytes) -> None:
        if len(secret) < KEY_BYTES:
            raise KeyUnusable(f"The secret key must hold at least {KEY_BYTES} bytes.")
        self._seal = AESGCM(_derive(secret, b"onedoor seal"))
        self._index_key = _derive(secret, b"onedoor index")

    def seal(self, plain: bytes, context: str) -> bytes:
        """AES-GCM ciphertext that opens only with the same key and the same context (such as a column)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return SCHEME + nonce + self._seal.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed, or SealBroken."""
        if sealed[:1] != SCHEME:
            raise SealBroken
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._seal.decrypt(nonce, body, context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error

    def index(self, value: str, purpose: str = "") -> str:
        """A keyed HMAC (64 hex digits): equal values of one purpose meet, and nobody can guess back."""
        return hmac.new(self._index_key, f"{purpose}\x00{value}".encode(), sha256).hexdigest()

    def matches(self, value: str, digest: str, purpose: str = "") -> bool:
        """Whether `digest` is the index of `value`, compared in constant time."""
        return hmac.compare_digest(self.index(value, purpose), digest)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


def new_key() -> str:
    """A fresh secret as text, fit for the key file or ONEDOOR_SECRET_KEY."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def box_from_text(text: str) -> SecretBox:
    """The box of a secret written in URL-safe base64, or KeyUnusable."""
    try:
        raw = base64.urlsafe_b64decode(text.strip().encode())
    except (binascii.Error, ValueError) as error:
        raise KeyUnusable("The secret key is not URL-safe base64.") from error
    return SecretBox(raw)


def box_of_folder(folder: Path) -> SecretBox:
    """The box of the folder's key file, which is made (readable by its owner only) when it is missing."""
    path = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    _make_key(path)
    if path.stat().st_mode & 0o077:
        raise KeyUnusable(f"{KEY_FILE} can be read by others; run: chmod 600 {KEY_FILE}")
    return box_from_text(path.read_text(encoding="ascii"))


def open_box(folder: Path, key: str | None) -> SecretBox:
    """The box of the given key (ONEDOOR_SECRET_KEY), or of the folder's key file when there is none."""
    return box_of_folder(folder) if key is None else box_from_text(key)


def _make_key(path: Path) -> None:
    """Writes a key beside its place and links it there: of two first starts at once, both read one key."""
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def give_box(engine: AsyncEngine, box: SecretBox) -> None:
    """Lets the sealed columns of this engine use the box; each engine has a dialect of its own."""
    cast(Any, engine.dialect).onedoor_box = box


def _box_of_dialect(dialect: Dialect) -> SecretBox:
    box = getattr(dialect, "onedoor_box", None)
    if not isinstance(box, SecretBox):
        raise KeyUnusable("This engine was not opened by open_database, so sealed columns have no key.")
    return box


def box_of(session: AsyncSession) -> SecretBox:
    """The box of the database this session speaks to."""
    return _box_of_dialect(session.get_bind().dialect)


class Sealed(TypeDecorator[str]):
    """Text encrypted at rest; `context` names the column, so that a value cannot be moved to another one."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _box_of_dialect(dialect).seal(value.encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else _box_of_dialect(dialect).open(bytes(value), self.context).decode()


class SealedJson(TypeDecorator[Any]):
    """A JSON value encrypted at rest."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return _box_of_dialect(dialect).seal(plain.encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return (
            None if value is None else json.loads(_box_of_dialect(dialect).open(bytes(value), self.context))
        )
