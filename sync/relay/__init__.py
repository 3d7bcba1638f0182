"""The relay: keeps every document's log on disk and its readers in step.

It never writes into a document. Sockets and timers are in `server`,
`front_door` and `connection`; what a client may do is decided in `rooms` and
`auth`; what is on disk is behind the contracts of `storage.base`.
"""
