"""Where the relay keeps things: a contract (`base`) and its back ends."""
