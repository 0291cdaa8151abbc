"""The bodies of requests as streams: of a stated length, or chunked."""

import io
from typing import Any, BinaryIO, cast

from django.http import HttpRequest


def body_of(request: HttpRequest) -> BinaryIO:
    """The body of a request; reading raises EOFError where it ends before its stated length."""
    # a chunked body has no length: the server ends it itself
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return cast(BinaryIO, request.META["wsgi.input"])
    return cast(BinaryIO, io.BufferedReader(_Whole(request, int(request.META.get("CONTENT_LENGTH") or 0))))


class _Whole(io.RawIOBase):
    """A body of a stated length; raises EOFError where it ends before, so that no cut line is taken for a whole one."""

    def __init__(self, source: HttpRequest, length: int) -> None:
        self.source, self.left = source, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.source.read(min(len(buffer), self.left)) if self.left else b""
        if not piece and self.left:
            raise EOFError(f"{self.left:,} bytes are missing")
        buffer[: len(piece)] = piece
        self.left -= len(piece)
        return len(piece)
