"""Where the package's program begins; with no Python beside it, it is its own processes too."""

import sys

from sync import beside

if sys.argv[1:2] == [beside.VERB]:  # before anything else of the relay is imported
    sys.exit(beside.run(sys.argv[2:]))

from sync.relay.__main__ import main

sys.exit(main())
