"""Random messages of the protocol, and bytes that look like some."""

from __future__ import annotations

from hypothesis import strategies as st

from sync.protocol import messages as m

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
addresses = texts.filter(lambda text: 0 < len(text.encode()) <= m.MAX_ADDRESS)
payloads = st.binary(max_size=300)

from_either = st.one_of(
    payloads.map(m.SyncStep1),
    payloads.map(m.SyncStep2),
    payloads.map(m.SyncUpdate),
    payloads.map(m.Awareness),
    texts.map(m.Stateless),
    st.one_of(st.none(), texts).map(m.Close),
    st.just(m.QueryAwareness()),
)
from_client = from_either | st.builds(m.AuthToken, texts, st.none() | texts)
from_relay = st.one_of(
    from_either,
    st.just(m.AuthRequest()),
    st.sampled_from(m.SCOPES).map(m.Authenticated),
    texts.map(m.PermissionDenied),
    st.booleans().map(m.SyncStatus),
)
heartbeats = st.sampled_from([m.Ping(), m.Pong()])


@st.composite
def almost_frames(draw: st.DrawFn, names: tuple[str, ...] = ("doc", "doc\0s", "x")) -> bytes:
    """Return a good frame, one with a few bytes changed, or anything."""
    address = draw(st.sampled_from(names) | addresses)
    data = bytearray(m.encode_frame(address, draw(from_client | from_relay | heartbeats)))
    for _ in range(draw(st.integers(0, 3))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, 3))
    return draw(st.just(bytes(data[: len(data) - cut])) | st.binary(max_size=40))
