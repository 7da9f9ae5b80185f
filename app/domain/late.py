"""Libraries that take longer to load than a window are loaded late, by one thread at a time.

Modules that import each other in a circle break when two threads enter the circle from two sides: each waits
for the other, and one of them goes on with half a module.
"""

from __future__ import annotations

import threading

# Held around every import inside a function; the same thread may enter again.
LOADING = threading.RLock()
