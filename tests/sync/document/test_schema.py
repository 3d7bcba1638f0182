from __future__ import annotations

import pytest

from sync.document import schema
from sync.document.delta import Embed

HASH = "ab" * 32


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("#f00", (255, 0, 0)),
        ("#2F5d8a", (47, 93, 138)),
        ("rgb(1, 2,300)", (1, 2, 255)),
        ("red; background: url(x)", None),
        ("#12345", None),
        (7, None),
    ],
)
def test_a_colour(colour: object, expected: tuple[int, int, int] | None) -> None:
    assert schema.rgb(colour) == expected


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"bold": True, "italic": "yes"}, {"bold": True}),
        ({"script": "super", "color": "#fff"}, {"script": "super", "color": "#fff"}),
        ({"script": "up", "color": "expression(1)", "background": None}, {}),
        ({"link": "javascript:alert(1)"}, {}),
        ({"link": "HTTPS://example.org"}, {"link": "HTTPS://example.org"}),
        ({"onclick": "x"}, {}),
    ],
)
def test_marks(attributes: dict[str, object], shown: dict[str, object]) -> None:
    assert schema.shown_marks(attributes) == shown


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"header": 2.0, "indent": 9}, {"header": 2}),
        ({"list": "checked", "indent": 8}, {"list": "checked", "indent": 8}),
        ({"list": "roman", "blockquote": 1}, {}),
        (
            {"code-block": "python", "blockquote": True},
            {"code-block": "python", "blockquote": True},
        ),
        ({"code-block": "x" * 41, "align": "left", "direction": "ltr"}, {}),
        ({"align": "justify", "direction": "rtl"}, {"align": "justify", "direction": "rtl"}),
        ({"header": float("nan")}, {}),
    ],
)
def test_paragraphs(attributes: dict[str, object], shown: dict[str, object]) -> None:
    assert schema.shown_block(attributes) == shown


def test_embeds() -> None:
    image = schema.image_of(HASH)
    assert schema.content_hash(image) == HASH
    assert schema.shown_embed(
        Embed({"image": image}), {"alt": "A hill", "width": "640", "height": 1e9, "src": "x"}
    ) == ("image", image, {"alt": "A hill", "width": 640})
    assert schema.shown_embed(Embed({"divider": True}), {}) == ("divider", True, {})
    assert schema.shown_embed(Embed({"footnote": "See there."}), {"bold": True}) == (
        *("footnote", "See there."),
        {"bold": True},
    )


@pytest.mark.parametrize(
    "value",
    [
        {"image": "data:image/png;base64,AAAA"},
        {"image": "file:///etc/passwd"},
        {"image": f"sha256:{HASH}0"},
        {"divider": "yes"},
        {"footnote": {"text": 1}},
        {"video": "https://example.org"},
        {},
    ],
)
def test_what_is_no_embed_of_ours(value: dict[str, object]) -> None:
    assert schema.shown_embed(Embed(value), {}) is None
