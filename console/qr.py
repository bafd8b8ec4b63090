"""How does an address become a QR picture inside a page?"""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """An inline SVG that scales with its frame; always dark on white, since scanners need that at night too.

    Error level Q: a quarter of a poster may be scratched or wet and it still reads.
    """
    code = segno.make(text, error="q", micro=False)
    # Built by segno from the matrix alone, so nothing of `text` reaches the markup.
    return Markup(  # noqa: S704
        code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    )
