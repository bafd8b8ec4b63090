"""Where the files of both sides lie, and how a picture's size is read."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass

from bot.loopback.refusals import Json, bad_request

# Telegram: a bot can fetch files of up to 20 MB.
LARGEST_FETCHED = 20 << 20
# Telegram: a photo sent by a bot has at most 10 MB.
LARGEST_PHOTO = 10 << 20
# JPEG markers that carry the picture's size (start of frame), without those that only look like them.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Stored:
    """A file; `claimed` is its size, which may be larger than what is really kept here."""

    file_id: str
    folder: str
    name: str
    mime: str
    content: bytes
    claimed: int

    @property
    def unique_id(self) -> str:
        return f"u{self.file_id}"

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.file_id}{self.name[self.name.rfind('.') :] if '.' in self.name else ''}"

    def as_json(self) -> Json:
        """The fields every kind of file has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.claimed}

    def as_document(self) -> Json:
        return self.as_json() | {"file_name": self.name, "mime_type": self.mime}


class Shelf:
    """All files, found by id or by the path that getFile gave out."""

    def __init__(self) -> None:
        self._by_id: dict[str, Stored] = {}
        self._numbers = itertools.count(1)

    def put(
        self,
        content: bytes,
        *,
        folder: str,
        name: str,
        mime: str = "application/octet-stream",
        claimed: int = 0,
    ) -> Stored:
        """Keeps a file; `claimed` lets it pass for a larger one."""
        file_id = f"LB{next(self._numbers):08d}"
        stored = Stored(file_id, folder, name, mime, content, claimed or len(content))
        self._by_id[file_id] = stored
        return stored

    def get(self, file_id: str) -> Stored | None:
        return self._by_id.get(file_id)

    def fetchable(self, file_id: str | None) -> Stored:
        """The file a bot may download, or Telegram's refusal."""
        stored = self._by_id.get(file_id or "")
        if stored is None:
            raise bad_request("invalid file_id")
        if stored.claimed > LARGEST_FETCHED:
            raise bad_request("file is too big")
        return stored

    def at_path(self, path: str) -> Stored | None:
        return next((one for one in self._by_id.values() if one.path == path), None)


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG; Telegram's refusal when it is no picture."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:2] == b"\xff\xd8":
        return _jpeg_size(content)
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    raise bad_request("IMAGE_PROCESS_FAILED")


def check_photo(content: bytes) -> tuple[int, int]:
    """The size of a photo a bot may send: Telegram refuses large, huge and very narrow ones."""
    if len(content) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    width, height = picture_size(content)
    narrow = min(width, height) * 20 < max(width, height)
    if not width or not height or width + height > 10_000 or narrow:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height
