"""The Hocuspocus protocol, version 4, without sockets and without a clock.

Updates stay opaque bytes here; `messages` knows the frames, `client` and
`server` what may follow what.
"""
